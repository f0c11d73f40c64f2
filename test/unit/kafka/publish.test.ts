import { context, createTraceState, ROOT_CONTEXT, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { CloudEvent } from "cloudevents";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { toEvent } from "../../../shared/cloudevents/index.ts";
import { BackboneError } from "../../../shared/errors.ts";
import { type OutgoingEvent, type OutgoingRecord, publish, publishAll } from "../../../shared/kafka/index.ts";

const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
const tracestate = "vendor=1";
const spanContext = { traceId: "1".repeat(32), spanId: "2".repeat(16), traceFlags: 1 };
const spanTraceparent = `00-${spanContext.traceId}-${spanContext.spanId}-01`;
const event = { source: "/order-service", type: "OrderCreated", data: { orderId: "536365" } };

beforeAll(() => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
});
afterAll(() => context.disable());

/** A producer that keeps what it is given, and a serializer that writes JSON and takes only orders. */
function setUp(send: (record: OutgoingRecord) => Promise<void> = async () => {}) {
  const sent: OutgoingRecord[] = [];
  const options = {
    producer: {
      send: (_: string, record: OutgoingRecord) => {
        sent.push(record);
        return send(record);
      },
    },
    serializer: {
      serialize: async (_: string, data: unknown) => {
        const text = JSON.stringify(data) ?? "";
        if (!text.includes("orderId")) throw new BackboneError("SCHEMA_MISMATCH", "no order");
        return Buffer.from(text);
      },
    },
    topic: "order-events",
    now: () => new Date(0),
    newId: () => "new-id",
  };
  const only = () => {
    const [record] = sent;
    if (record === undefined || sent.length > 1) throw new Error(`${sent.length} records were sent`);
    return record;
  };
  return { sent, options, only };
}

function eventOf(record: OutgoingRecord) {
  return toEvent({ ...record, topic: "order-events", partition: 0, offset: 0, timestampMs: 0 });
}

function header(record: OutgoingRecord, name: string): string[] {
  return record.headers.filter(([found]) => found === name).map(([, bytes]) => bytes.toString());
}

describe("publish", () => {
  test("adds id, specversion, time, datacontenttype and a trace, and sends the event in binary mode", async () => {
    const { only, options } = setUp();
    const published = await publish(event, { ...options, key: "536365" });
    expect(published).toMatchObject({ id: "new-id", time: "1970-01-01T00:00:00.000Z" });
    expect(eventOf(only())).toEqual({
      specversion: "1.0",
      id: "new-id",
      source: "/order-service",
      type: "OrderCreated",
      time: "1970-01-01T00:00:00.000Z",
      datacontenttype: "application/avro",
      traceparent: expect.stringMatching(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/),
      data: Buffer.from('{"orderId":"536365"}'),
    });
    expect(only().key?.toString()).toBe("536365");
  });

  test("gives each event an id of its own, a UUIDv7 and the present time", async () => {
    const { options } = setUp();
    const { now: _, newId: __, ...defaults } = options;
    const [first, second] = [await publish(event, defaults), await publish(event, defaults)];
    expect(first.id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab]/);
    expect(first.id).not.toBe(second.id);
    expect(Math.abs(Date.parse(first.time ?? "") - Date.now())).toBeLessThan(60_000);
  });

  test("keeps what the event says itself: id, time, subject, dataschema, extensions", async () => {
    const { only, options } = setUp();
    const own = {
      id: "own",
      time: "2026-01-01T00:00:00.123456789Z",
      subject: "536365",
      dataschema: "https://example.com/orders",
      tenant: "blue",
      priority: 3,
    };
    await publish({ ...event, ...own }, options);
    expect(eventOf(only())).toMatchObject({ ...own, priority: expect.anything() });
    expect(header(only(), "ce_priority")).toEqual(["3"]);
  });

  test("takes a CloudEvent of the cloudevents package", async () => {
    const { only, options } = setUp();
    const cloudEvent = new CloudEvent({ ...event, subject: "536365", tenant: "blue" });
    await publish(cloudEvent, options);
    const { id, time } = cloudEvent;
    expect(eventOf(only())).toMatchObject({ id, time, subject: "536365", tenant: "blue" });
    expect(
      only()
        .headers.map(([name]) => name)
        .filter((name) => name.includes("data")),
    ).toEqual([]);
    expect(header(only(), "content-type")).toEqual(["application/avro"]);
  });

  test.each([
    [{ partitionkey: "p" }, {}, "p"],
    [{ partitionkey: "p" }, { key: "k" }, "k"],
    [{}, { key: "" }, ""],
    [{}, {}, undefined],
  ])("of an event with %j and options with %j the key is %j", async (attributes, keys, key) => {
    const { only, options } = setUp();
    await publish({ ...event, ...attributes }, { ...options, ...keys });
    expect(only().key?.toString()).toBe(key);
  });

  test("continues the active span, in the event and in the headers that tracers of Kafka read", async () => {
    const { only, options } = setUp();
    const active = trace.setSpanContext(ROOT_CONTEXT, { ...spanContext, traceState: createTraceState("own=2") });
    await context.with(active, () => publish(event, { ...options, incomingTrace: { traceparent, tracestate } }));
    expect(eventOf(only())).toMatchObject({ traceparent: spanTraceparent, tracestate: "own=2" });
    expect(header(only(), "traceparent")).toEqual([spanTraceparent]);
    expect(header(only(), "tracestate")).toEqual(["own=2"]);
  });

  test("hands the incoming trace on without an active span", async () => {
    const { only, options } = setUp();
    await publish(event, { ...options, incomingTrace: { traceparent, tracestate } });
    expect(eventOf(only())).toMatchObject({ traceparent, tracestate });
    expect(header(only(), "traceparent")).toEqual([traceparent]);
  });

  test("leaves the trace of an event that has one, and puts that of the hop beside it", async () => {
    const { only, options } = setUp();
    const active = trace.setSpanContext(ROOT_CONTEXT, spanContext);
    await context.with(active, () => publish({ ...event, traceparent, tracestate }, options));
    expect(eventOf(only())).toMatchObject({ traceparent, tracestate });
    expect(header(only(), "traceparent")).toEqual([spanTraceparent]);
    expect(header(only(), "tracestate")).toEqual([]);
  });

  test("replaces a trace of the event's own that is not valid", async () => {
    const { only, options } = setUp();
    await publish({ ...event, traceparent: "garbage", tracestate }, { ...options, incomingTrace: { traceparent } });
    expect(eventOf(only())).toMatchObject({ traceparent });
    expect(eventOf(only())).not.toHaveProperty("tracestate");
  });

  test.each<[string, OutgoingEvent]>([
    ["MALFORMED_EVENT", { ...event, source: "" }],
    ["MALFORMED_EVENT", { ...event, time: "yesterday" }],
    ["MALFORMED_EVENT", { ...event, Tenant: "blue" }],
    ["MALFORMED_EVENT", { ...event, specversion: "0.3" }],
    ["MALFORMED_EVENT", { source: "/order-service", type: "OrderCreated", data_base64: "AQI=" }],
    ["SCHEMA_MISMATCH", { ...event, data: {} }],
  ])("sends nothing and fails with %s: %j", async (code, wrong) => {
    const { sent, options } = setUp();
    await expect(publish(wrong, options)).rejects.toMatchObject({ code, retriable: false });
    expect(sent).toEqual([]);
  });

  test.each([
    ["undefined", {}],
    ["null", { data: null }],
  ])("an event whose data are %s is sent without a value, and no serializer is asked", async (_, noData) => {
    const { only, options } = setUp();
    const serializer = { serialize: () => Promise.reject(new Error("asked")) };
    const tombstone = { source: "/order-service", type: "OrderDeleted", partitionkey: "536365", ...noData };
    const published = await publish(tombstone, { ...options, serializer });
    expect(only()).toMatchObject({ key: Buffer.from("536365"), value: null });
    expect(header(only(), "content-type")).toEqual([]);
    expect(eventOf(only())).toMatchObject({ id: "new-id", type: "OrderDeleted" });
    expect(published).not.toHaveProperty("data");
  });

  test("an attribute that is null is absent, and gets what it would get", async () => {
    const { only, options } = setUp();
    const unset: object = { id: null, datacontenttype: null, subject: null };
    await publish({ ...event, ...unset }, options);
    expect(eventOf(only())).toMatchObject({ id: "new-id", datacontenttype: "application/avro" });
    expect(eventOf(only())).not.toHaveProperty("subject");
  });

  test("a datacontenttype of its own has to fit what the serializer writes", async () => {
    const { sent, only, options } = setUp();
    const serializer = { ...options.serializer, contentTypeOf: () => "application/avro" };
    const publishAs = (datacontenttype: string) => publish({ ...event, datacontenttype }, { ...options, serializer });

    await expect(publishAs("application/json")).rejects.toMatchObject({
      code: "MALFORMED_EVENT",
      message:
        'not an event to publish: its datacontenttype is "application/json", its data are written as application/avro',
    });
    expect(sent).toEqual([]);
    await publishAs("avro/binary");
    expect(header(only(), "content-type")).toEqual(["avro/binary"]);
  });

  test.each(["KAFKA_UNAVAILABLE", "RECORD_TOO_LARGE", "RECORD_REFUSED"] as const)(
    "fails with the producer's %s",
    async (code) => {
      const { options } = setUp(async () => {
        throw new BackboneError(code, "failed");
      });
      await expect(publish(event, options)).rejects.toMatchObject({ code });
    },
  );
});

describe("publishAll", () => {
  const events = ["a", "b", "c"].map((id) => ({ ...event, id, partitionkey: id }));

  test("hands the events to the producer in their order, all before the first is acknowledged", async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const { sent, options } = setUp(() => promise);
    const publishing = publishAll(events, options);
    await Promise.resolve();
    await new Promise((next) => setImmediate(next));
    expect(sent.map(({ key }) => key?.toString())).toEqual(["a", "b", "c"]);
    resolve();
    expect((await publishing).map(({ id }) => id)).toEqual(["a", "b", "c"]);
  });

  test("sends none when one cannot be sent", async () => {
    const { sent, options } = setUp();
    const publishing = publishAll([...events, { ...event, data: {} }], options);
    await expect(publishing).rejects.toMatchObject({ code: "SCHEMA_MISMATCH" });
    expect(sent).toEqual([]);
  });

  test("fails with the first error, once every outcome is known", async () => {
    const last = Promise.withResolvers<void>();
    const { options } = setUp(async ({ key }) => {
      if (key?.toString() === "b") throw new BackboneError("KAFKA_UNAVAILABLE", "failed");
      if (key?.toString() === "c") await last.promise;
    });
    let ended = false;
    const publishing = publishAll(events, options).finally(() => {
      ended = true;
    });
    const failing = expect(publishing).rejects.toMatchObject({ code: "KAFKA_UNAVAILABLE" });
    await new Promise((next) => setImmediate(next));
    expect(ended).toBe(false);
    last.resolve();
    await failing;
  });

  test("has nothing to do for no events", async () => {
    expect(await publishAll([], setUp().options)).toEqual([]);
  });
});
