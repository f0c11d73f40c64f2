import {
  type Context,
  INVALID_SPAN_CONTEXT,
  type Span,
  type SpanOptions,
  type Tracer,
  trace,
} from "@opentelemetry/api";
import { describe, expect, test } from "vitest";
import { BackboneError } from "../../../shared/errors.ts";
import { tracing } from "../../../shared/middleware/index.ts";
import { batchOf, type RecordOutcome } from "../../../shared/processing/index.ts";
import { decoded } from "../processing/run-batch.ts";

interface Recorded {
  readonly name: string;
  readonly options: SpanOptions;
  readonly parent: string | undefined;
  status: string | undefined;
  ends: number;
}

function recordingTracer() {
  const spans: Recorded[] = [];
  function startSpan(name: string, options: SpanOptions = {}, context?: Context): Span {
    const parent = context && trace.getSpanContext(context)?.spanId;
    const recorded: Recorded = { name, options, parent, status: undefined, ends: 0 };
    spans.push(recorded);
    const span: Span = {
      spanContext: () => INVALID_SPAN_CONTEXT,
      setAttribute: () => span,
      setAttributes: () => span,
      addEvent: () => span,
      addLink: () => span,
      addLinks: () => span,
      updateName: () => span,
      recordException: () => {},
      isRecording: () => recorded.ends === 0,
      setStatus: ({ message }) => {
        recorded.status = message;
        return span;
      },
      end: () => {
        recorded.ends++;
      },
    };
    return span;
  }
  const tracer: Pick<Tracer, "startSpan"> = { startSpan };
  return { spans, tracer: tracer as Tracer };
}

function traced(traceparent: string) {
  const record = decoded({ id: "e-1", offset: 9 });
  const headers = [["traceparent", Buffer.from(traceparent)] as const];
  return { ...record, source: { ...record.source, headers } };
}

describe("tracing", () => {
  test("opens a span a batch and a span a record that continues the producer's trace", async () => {
    const { spans, tracer } = recordingTracer();
    const request = { event: {}, internal: {}, error: undefined };
    const record = traced("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
    batchOf(request).records = [record];
    const middleware = tracing({ tracer });
    middleware.before(request);
    const outcome: RecordOutcome = { record, status: "processed" };
    expect(await batchOf(request).tracing?.aroundRecord(record, async () => outcome)).toBe(outcome);
    middleware.after(request);
    expect(spans.map(({ name, parent, ends }) => [name, parent, ends])).toEqual([
      ["process batch", undefined, 1],
      ["process orders", "b7ad6b7169203331", 1],
    ]);
    expect(spans[1]?.options.attributes).toMatchObject({ "messaging.kafka.offset": 9, "messaging.message.id": "e-1" });
  });

  test("starts a trace of its own where the traceparent is not valid", async () => {
    const { spans, tracer } = recordingTracer();
    const request = { event: {}, internal: {} };
    tracing({ tracer }).before(request);
    const record = traced("00-zz-01");
    await batchOf(request).tracing?.aroundRecord(record, async () => ({ record, status: "processed" }));
    expect(spans[1]?.parent).toBeUndefined();
  });

  test("marks spans of failures with their code, and ends the batch's span once", async () => {
    const { spans, tracer } = recordingTracer();
    const request = { event: {}, internal: {}, error: new Error("payload") };
    const middleware = tracing({ tracer });
    middleware.before(request);
    const record = traced("");
    const error = new BackboneError("RULE_VIOLATED", "no");
    await batchOf(request).tracing?.aroundRecord(record, async () => ({ record, status: "deadLettered", error }));
    middleware.onError(request);
    middleware.after(request);
    expect(spans.map(({ status, ends }) => [status, ends])).toEqual([
      ["Error", 1],
      ["RULE_VIOLATED", 1],
    ]);
  });

  test("without a tracer provider the work is done all the same", async () => {
    const request = { event: {}, internal: {} };
    tracing().before(request);
    const record = traced("");
    const outcome: RecordOutcome = { record, status: "processed" };
    expect(await batchOf(request).tracing?.aroundRecord(record, async () => outcome)).toBe(outcome);
  });
});
