import {
  context,
  type Link,
  ROOT_CONTEXT,
  type Span,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from "@opentelemetry/api";
import * as v from "valibot";
import { parseOptions } from "../options/index.ts";
import { type BatchRequest, batchOf, type DecodedRecord, identityOf, type RecordOutcome } from "../processing/index.ts";
import { parseTraceparent } from "../tracing/index.ts";

export interface TracingOptions {
  /** @default the globally registered provider's tracer; without a provider nothing is recorded */
  readonly tracer?: Tracer;
}

const optionsSchema = v.strictObject({
  tracer: v.optional(
    v.custom<Tracer>((tracer) => typeof tracer === "object" && tracer !== null && "startSpan" in tracer),
  ),
});

/**
 * A span a batch, and a span a record that continues the trace of the record's `traceparent` and links the batch's span.
 * Attributes are those of OpenTelemetry's messaging conventions.
 * https://opentelemetry.io/docs/specs/semconv/messaging/kafka/
 *
 * @throws BackboneError INVALID_OPTIONS
 */
export function tracing(options: TracingOptions = {}) {
  const { tracer = trace.getTracer("msk-event-backbone") } = parseOptions("tracing", optionsSchema, options);

  function tracingBefore(request: BatchRequest): void {
    const batch = batchOf(request);
    const attributes = { ...messaging, "messaging.batch.message_count": batch.records?.length ?? 0 };
    const batchSpan = tracer.startSpan("process batch", { kind: SpanKind.CONSUMER, attributes });
    const links = [{ context: batchSpan.spanContext() }];
    batch.tracing = {
      aroundRecord: (record, work) => inRecordSpan(tracer, record, links, work),
      // `after` runs before that of the middlewares around it, and their failure comes as `onError`.
      end: (error) => batchSpan.isRecording() && endSpan(batchSpan, error),
    };
  }

  function tracingAfter(request: BatchRequest): void {
    batchOf(request).tracing?.end();
  }

  function tracingOnError(request: BatchRequest & { error: unknown }): void {
    batchOf(request).tracing?.end(request.error);
  }

  return { before: tracingBefore, after: tracingAfter, onError: tracingOnError };
}

const messaging = { "messaging.system": "kafka", "messaging.operation.type": "process" } as const;

async function inRecordSpan(
  tracer: Tracer,
  record: DecodedRecord,
  links: Link[],
  work: () => Promise<RecordOutcome>,
): Promise<RecordOutcome> {
  const { topic, partition, offset } = record.source;
  const eventId = identityOf(record)?.id;
  const attributes = {
    ...messaging,
    "messaging.destination.name": topic,
    "messaging.destination.partition.id": String(partition),
    "messaging.kafka.offset": offset,
    ...(eventId !== undefined && { "messaging.message.id": eventId }),
  };
  const remote = remoteContextOf(record);
  const parent = remote ? trace.setSpanContext(ROOT_CONTEXT, remote) : ROOT_CONTEXT;
  const span = tracer.startSpan(`process ${topic}`, { kind: SpanKind.CONSUMER, attributes, links }, parent);
  try {
    const outcome = await context.with(trace.setSpan(parent, span), work);
    span.setAttribute("msk_event_backbone.outcome", outcome.status);
    endSpan(span, "error" in outcome ? outcome.error : undefined);
    return outcome;
  } catch (error) {
    endSpan(span, error);
    throw error;
  }
}

/** The trace that the producer began: Kafka's own header, or the CloudEvents extension of the same name. */
function remoteContextOf(record: DecodedRecord): SpanContext | undefined {
  const header = record.source.headers.find(([name]) => name === "traceparent" || name === "ce_traceparent");
  return header && parseTraceparent(header[1].toString("utf8"));
}

/** Of an error of another family only the name is recorded: its message may quote a payload. */
function endSpan(span: Span, error?: unknown): void {
  if (error !== undefined) {
    const message = error instanceof Error ? ("code" in error ? String(error.code) : error.name) : typeof error;
    span.setStatus({ code: SpanStatusCode.ERROR, message });
  }
  span.end();
}
