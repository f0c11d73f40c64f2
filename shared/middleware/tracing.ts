import type * as OpenTelemetry from "@opentelemetry/api";
import type { Context, Tracer } from "@opentelemetry/api";
import * as v from "valibot";
import { parseOptions } from "../options/index.ts";
import { type BatchRequest, batchOf, type DecodedRecord, type RecordOutcome } from "../processing/index.ts";
import { openTelemetry } from "../tracing/index.ts";
import { batchAttributes, creationContextOf, creationLinks, endSpan, processing, recordAttributes } from "./spans.ts";

export interface TracingOptions {
  /** Attribute `messaging.consumer.group.name`. @default left out */
  readonly consumerGroup?: string;
  /** @default the globally registered provider's tracer; without a provider nothing is recorded */
  readonly tracer?: Tracer;
}

const optionsSchema = v.strictObject({
  consumerGroup: v.optional(v.pipe(v.string(), v.nonEmpty("must name a consumer group"))),
  tracer: v.optional(
    v.custom<Tracer>(
      (tracer) => typeof tracer === "object" && tracer !== null && "startSpan" in tracer,
      "must be a tracer",
    ),
  ),
});

/**
 * A span a batch, and a span a record that is active while the record is decided about, committed or dead-lettered.
 *
 * A record's span continues the trace in which the record was created (its `traceparent` and `tracestate`), as the
 * child of that span, with a link to the batch's span; a record without a trace is a child of the batch's span. The
 * batch's span is a child of the active one, Lambda's, and links the creation of its records, the first 128 of them.
 * Names and attributes are those of OpenTelemetry's messaging conventions; keys of records, which may be personal data,
 * are not among them.
 *
 * Spans need an OpenTelemetry provider with a context manager; without one this costs nothing. Use it after
 * `cloudEvents()`.
 *
 * @throws BackboneError INVALID_OPTIONS
 * @see https://opentelemetry.io/docs/specs/semconv/messaging/messaging-spans/
 * @see https://opentelemetry.io/docs/specs/semconv/messaging/kafka/
 */
export function tracing(options: TracingOptions = {}) {
  const { consumerGroup, tracer: givenTracer } = parseOptions("tracing", optionsSchema, options);
  const common = {
    ...processing,
    ...(consumerGroup !== undefined && { "messaging.consumer.group.name": consumerGroup }),
  };

  async function tracingBefore(request: BatchRequest): Promise<void> {
    const api = await (givenTracer ? import("@opentelemetry/api") : openTelemetry());
    if (api === undefined) return;
    const { context, SpanKind, trace } = api;
    const tracer = givenTracer ?? trace.getTracer("msk-event-backbone");
    const batch = batchOf(request);
    const records = batch.records ?? [];
    const { topic, attributes } = batchAttributes(records);
    const links = creationLinks(api, records);
    const name = topic === undefined ? "process" : `process ${topic}`;
    const kind = SpanKind.CONSUMER;
    const batchSpan = tracer.startSpan(name, { kind, attributes: { ...common, ...attributes }, links });
    const batchContext = trace.setSpan(context.active(), batchSpan);
    batch.tracing = {
      aroundRecord: (record, work) => inRecordSpan(api, tracer, record, batchContext, work),
      // `after` runs before that of the middlewares around it, and their failure comes as `onError`.
      end: (error) => batchSpan.isRecording() && endSpan(api, batchSpan, error),
    };
  }

  async function inRecordSpan(
    api: typeof OpenTelemetry,
    tracer: Tracer,
    record: DecodedRecord,
    batchContext: Context,
    work: () => Promise<RecordOutcome>,
  ): Promise<RecordOutcome> {
    const { context, SpanKind, trace } = api;
    const created = creationContextOf(api, record);
    const parent = created ? trace.setSpanContext(batchContext, created) : batchContext;
    const batchSpanContext = trace.getSpanContext(batchContext);
    const span = tracer.startSpan(
      `process ${record.source.topic}`,
      {
        kind: SpanKind.CONSUMER,
        attributes: { ...common, ...recordAttributes(record) },
        links: created && batchSpanContext ? [{ context: batchSpanContext }] : [],
      },
      parent,
    );
    try {
      const outcome = await context.with(trace.setSpan(parent, span), work);
      span.setAttribute("msk_event_backbone.outcome", outcome.status);
      endSpan(api, span, "error" in outcome ? outcome.error : undefined);
      return outcome;
    } catch (error) {
      endSpan(api, span, error);
      throw error;
    }
  }

  function tracingAfter(request: BatchRequest): void {
    batchOf(request).tracing?.end();
  }

  function tracingOnError(request: BatchRequest & { error: unknown }): void {
    batchOf(request).tracing?.end(request.error);
  }

  return { before: tracingBefore, after: tracingAfter, onError: tracingOnError };
}
