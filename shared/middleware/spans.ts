import type * as OpenTelemetry from "@opentelemetry/api";
import type { Attributes, Link, Span, SpanContext } from "@opentelemetry/api";
import { headerOf } from "../msk-event/index.ts";
import { type DecodedRecord, identityOf } from "../processing/index.ts";
import { type IncomingTrace, parseTraceparent } from "../tracing/index.ts";

/** As many links as an SDK keeps of a span by default; a batch may have 10,000 records. */
const maxLinks = 128;

/** Attributes that every span of the middleware has. */
export const processing = {
  "messaging.system": "kafka",
  "messaging.operation.name": "process",
  "messaging.operation.type": "process",
} as const;

export function batchAttributes(records: readonly DecodedRecord[]): {
  topic: string | undefined;
  attributes: Attributes;
} {
  const topics = new Set(records.map(({ source }) => source.topic));
  const [topic] = topics.size === 1 ? topics : [];
  return {
    topic,
    attributes: {
      "messaging.batch.message_count": records.length,
      ...(topic !== undefined && { "messaging.destination.name": topic }),
    },
  };
}

export function recordAttributes(record: DecodedRecord): Attributes {
  const { topic, partition, offset, value } = record.source;
  const eventId = identityOf(record)?.id;
  return {
    "messaging.destination.name": topic,
    "messaging.destination.partition.id": String(partition),
    "messaging.kafka.offset": offset,
    ...(value === null
      ? { "messaging.kafka.message.tombstone": true }
      : { "messaging.message.body.size": value.length }),
    ...(eventId !== undefined && { "messaging.message.id": eventId }),
  };
}

/** Where the records were created: one link a span, however many records it created. */
export function creationLinks(api: typeof OpenTelemetry, records: readonly DecodedRecord[]): Link[] {
  const links = new Map<string, Link>();
  for (const record of records) {
    if (links.size === maxLinks) break;
    const created = creationContextOf(api, record);
    if (created) links.set(`${created.traceId}-${created.spanId}`, { context: created });
  }
  return [...links.values()];
}

/** The span that created the record. Of a wrong tracestate the members that are valid are kept. */
export function creationContextOf(
  { createTraceState }: typeof OpenTelemetry,
  record: DecodedRecord,
): SpanContext | undefined {
  const { traceparent = "", tracestate } = creationTraceOf(record);
  const created = parseTraceparent(traceparent);
  return created && tracestate ? { ...created, traceState: createTraceState(tracestate) } : created;
}

/**
 * The trace that the record was created in: by Kafka's own headers, else by the CloudEvents extension, which in
 * structured mode is no header; empty when neither is valid.
 */
export function creationTraceOf(record: DecodedRecord): IncomingTrace {
  const kafka = (name: string) => headerOf(record.source, name)?.toString("utf8");
  const extension = (name: string) => {
    const value = record.status === "decoded" ? record.event[name] : kafka(`ce_${name}`);
    return typeof value === "string" ? value : undefined;
  };
  for (const read of [kafka, extension]) {
    const traceparent = read("traceparent");
    if (traceparent !== undefined && parseTraceparent(traceparent) !== undefined) {
      return { traceparent, tracestate: read("tracestate") };
    }
  }
  return {};
}

/** Of an error only its code or name is recorded: the message of a foreign one may quote a payload. */
export function endSpan({ SpanStatusCode }: typeof OpenTelemetry, span: Span, error?: unknown): void {
  if (error !== undefined) {
    const type = error instanceof Error ? ("code" in error ? String(error.code) : error.name) : typeof error;
    span.setAttribute("error.type", type);
    span.setStatus({ code: SpanStatusCode.ERROR, message: type });
  }
  span.end();
}
