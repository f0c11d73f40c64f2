import middy from "@middy/core";
import { context, SpanKind, SpanStatusCode, type Tracer, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
} from "@opentelemetry/sdk-trace-base";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { BackboneError } from "../../../shared/errors.ts";
import { publish } from "../../../shared/kafka/index.ts";
import {
  batchOfEvent,
  cloudEvents,
  deadLetters,
  idempotency,
  outbox,
  partialBatchResponse,
  recordsOf,
  tracing,
} from "../../../shared/middleware/index.ts";
import { readOutboxItem } from "../../../shared/outbox/index.ts";
import { type Decide, eachRecord } from "../../../shared/processing/index.ts";
import {
  invoke,
  jsonDeserializer,
  MemoryProducer,
  MemoryStore,
  mskEvent,
  type TestRecord,
} from "../../../shared/testing/index.ts";

const traceId = "0af7651916cd43dd8448eb211c80319c";
const producerSpanId = "b7ad6b7169203331";
const traceparent = `00-${traceId}-${producerSpanId}-01`;
const quiet = { info: () => {}, warn: () => {}, error: () => {} };

const exporter = new InMemorySpanExporter();
const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
const tracer = provider.getTracer("test");

beforeAll(() => context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable()));
afterAll(() => context.disable());
beforeEach(() => exporter.reset());

function order(id: string, attributes: Record<string, string> = {}) {
  return { id, source: "/s", type: "t", partitionkey: id, data: { id }, ...attributes };
}

/** Runs the whole chain; gives the spans of the batch and of the records, in the order in which these ended. */
async function consume(records: readonly TestRecord[], decide: Decide<unknown> = () => ({})) {
  const producer = new MemoryProducer();
  const store = new MemoryStore({ keys: { outbox: ["groupKey", "sourcePosition"] } });
  const handler = middy<unknown, unknown>()
    .use(partialBatchResponse({ reportBatchItemFailures: true }))
    .use(deadLetters({ topic: "orders.g.dlt", consumerGroup: "g", producer }))
    .use(cloudEvents({ deserializer: jsonDeserializer }))
    .use(idempotency({ store, consumerGroup: "g", ttlSeconds: 60 }))
    .use(outbox({ table: "outbox", serializers: { events: { serialize: async () => Buffer.from("data") } } }))
    .use(tracing({ tracer, consumerGroup: "g" }))
    .handler(eachRecord(decide, { logger: quiet }));
  const lambdaSpan = tracer.startSpan("lambda");
  const response = await context.with(trace.setSpan(context.active(), lambdaSpan), () =>
    invoke(handler, mskEvent({ topic: "orders", records })),
  );
  const spans = exporter.getFinishedSpans();
  const batch = spans.at(-1) ?? expect.fail("no span ended");
  return { batch, spans: spans.slice(0, -1), producer, store, response, lambdaSpanId: lambdaSpan.spanContext().spanId };
}

const linked = (span: ReadableSpan | undefined) => span?.links.map(({ context }) => context.spanId);

describe("tracing", () => {
  test("opens a span a batch, under Lambda's, with what OpenTelemetry's messaging conventions name", async () => {
    const { batch, lambdaSpanId } = await consume([order("e-1", { traceparent }), order("e-2")]);
    expect(batch).toMatchObject({
      name: "process orders",
      kind: SpanKind.CONSUMER,
      parentSpanContext: { spanId: lambdaSpanId },
      attributes: {
        "messaging.system": "kafka",
        "messaging.operation.name": "process",
        "messaging.operation.type": "process",
        "messaging.destination.name": "orders",
        "messaging.consumer.group.name": "g",
        "messaging.batch.message_count": 2,
      },
    });
    expect(linked(batch)).toEqual([producerSpanId]);
  });

  test("opens a span a record that continues the producer's trace and links the batch", async () => {
    const event = order("e-1", { traceparent, tracestate: "vendor=1" });
    const { batch, spans } = await consume([{ event, partition: 2, offset: 9 }]);
    expect(spans).toMatchObject([
      {
        name: "process orders",
        kind: SpanKind.CONSUMER,
        parentSpanContext: { traceId, spanId: producerSpanId, isRemote: true },
        attributes: {
          "messaging.system": "kafka",
          "messaging.operation.type": "process",
          "messaging.destination.name": "orders",
          "messaging.destination.partition.id": "2",
          "messaging.kafka.offset": 9,
          "messaging.message.id": "e-1",
          "messaging.message.body.size": 12,
          "messaging.consumer.group.name": "g",
          "msk_event_backbone.outcome": "processed",
        },
        status: { code: SpanStatusCode.UNSET },
      },
    ]);
    expect(spans[0]?.spanContext().traceState?.get("vendor")).toBe("1");
    expect(linked(spans[0])).toEqual([batch.spanContext().spanId]);
  });

  test("a record without a valid trace is a child of the batch", async () => {
    const { batch, spans } = await consume([
      { event: order("e-1"), headers: [["traceparent", "00-zz-01"]] },
      order("e-2"),
    ]);
    expect(spans.map((span) => span.parentSpanContext?.spanId)).toEqual(Array(2).fill(batch.spanContext().spanId));
    expect(spans.map(linked)).toEqual([[], []]);
  });

  test("Kafka's own header goes before the extension, and structured mode has the extension alone", async () => {
    const transport = `00-${traceId}-1111111111111111-01`;
    const value = JSON.stringify({ specversion: "1.0", ...order("e-2", { traceparent }) });
    const { spans } = await consume([
      { event: order("e-1", { traceparent }), headers: [["traceparent", transport]] },
      { value, headers: [["content-type", "application/cloudevents+json"]] },
    ]);
    expect(spans.map((span) => span.parentSpanContext?.spanId)).toEqual(["1111111111111111", producerSpanId]);
  });

  test("what a decision publishes through the outbox continues the record's span", async () => {
    const publication = { topic: "events", event: { source: "/s", type: "Published" } };
    const { spans, store } = await consume([order("e-1", { traceparent })], () => ({ publish: [publication] }));

    const [item] = [...store.table("outbox").values()].map(readOutboxItem);
    const headers = new Map(item?.records[0]?.record.headers);
    const expected = `00-${traceId}-${spans[0]?.spanContext().spanId}-01`;
    expect([headers.get("ce_traceparent"), headers.get("traceparent")].map(String)).toEqual([expected, expected]);
  });

  test("the record's span is active while it is decided about, so what is published continues it", async () => {
    const downstream = new MemoryProducer();
    const serializer = { serialize: async () => Buffer.from("bytes") };
    const { spans } = await consume([order("e-1", { traceparent })], async () => {
      await new Promise(setImmediate);
      const event = { id: "e-2", source: "/s", type: "t", data: {} };
      await publish(event, { producer: downstream, serializer, topic: "next", key: "k" });
      return {};
    });
    const spanId = spans[0]?.spanContext().spanId;
    expect(downstream.header(0, "ce_traceparent")).toBe(`00-${traceId}-${spanId}-01`);
  });

  test("a dead letter keeps the producer's traceparent and names the span in which it failed", async () => {
    const { spans, producer } = await consume([
      { event: { ...order("e-1"), data: Buffer.from("{") }, headers: [["traceparent", traceparent]] },
    ]);
    expect(producer.header(0, "traceparent")).toBe(traceparent);
    expect(producer.header(0, "dlt-traceparent")).toBe(`00-${traceId}-${spans[0]?.spanContext().spanId}-01`);
    expect(spans).toMatchObject([
      {
        attributes: { "msk_event_backbone.outcome": "deadLettered", "error.type": "MALFORMED_PAYLOAD" },
        status: { code: SpanStatusCode.ERROR, message: "MALFORMED_PAYLOAD" },
      },
    ]);
  });

  test("a tombstone is marked as one, and a key is nowhere in the attributes", async () => {
    const { data: _, ...tombstone } = order("secret-key");
    const { spans } = await consume([{ event: { ...tombstone, id: "e-1" } }]);
    expect(spans[0]?.attributes["messaging.kafka.message.tombstone"]).toBe(true);
    expect(JSON.stringify(spans[0]?.attributes)).not.toContain("secret-key");
  });

  test("links as many records as an SDK keeps, each creating span once", async () => {
    const records = Array.from({ length: 300 }, (_, i) => {
      const spanId = String(1 + (i >> 1)).padStart(16, "0");
      return order(`e-${i}`, { traceparent: `00-${traceId}-${spanId}-01` });
    });
    const { batch } = await consume(records);
    expect(new Set(linked(batch)).size).toBe(128);
    expect(batch.droppedLinksCount).toBe(0);
  });

  test("a failed batch ends its span once, with the error's code and not its message", async () => {
    const handler = middy<unknown, unknown>()
      .use(tracing({ tracer }))
      .handler(async () => {
        throw new BackboneError("DATABASE_UNAVAILABLE", "secret 42");
      });
    await expect(invoke(handler, {})).rejects.toThrow();
    expect(exporter.getFinishedSpans()).toMatchObject([
      { name: "process", status: { code: SpanStatusCode.ERROR, message: "DATABASE_UNAVAILABLE" } },
    ]);
    expect(JSON.stringify(exporter.getFinishedSpans()[0]?.attributes)).not.toContain("secret");
  });

  test("gives a plain handler the span of a record", async () => {
    const handler = middy<unknown, unknown>()
      .use(cloudEvents({ deserializer: jsonDeserializer }))
      .use(tracing({ tracer }))
      .handler(async (event) => {
        const [record = expect.fail("no record")] = recordsOf(event);
        const work = async () => {
          trace.getActiveSpan()?.setAttribute("mine", true);
          return { record, status: "processed" } as const;
        };
        await batchOfEvent(event)?.tracing?.aroundRecord(record, work);
      });
    await invoke(handler, mskEvent({ topic: "orders", records: [order("e-1")] }));
    expect(exporter.getFinishedSpans().map(({ attributes }) => attributes.mine)).toEqual([true, undefined]);
  });

  test("without a tracer provider the work is done all the same", async () => {
    const handler = middy<unknown, unknown>()
      .use(partialBatchResponse({ reportBatchItemFailures: true }))
      .use(cloudEvents({ deserializer: jsonDeserializer }))
      .use(idempotency({ store: new MemoryStore(), consumerGroup: "g", ttlSeconds: 60 }))
      .use(tracing())
      .handler(eachRecord(() => ({}), { logger: quiet }));
    const event = mskEvent({ topic: "orders", records: [order("e-1", { traceparent })] });
    expect(await invoke(handler, event)).toEqual({ batchItemFailures: [] });
  });

  test("refuses wrong and unknown options: INVALID_OPTIONS", () => {
    const wrong = { tracer: {} as Tracer, consumerGroup: "", spans: true };
    expect(() => tracing(wrong)).toThrow(/consumerGroup: .*tracer: must be a tracer; spans: /s);
  });
});
