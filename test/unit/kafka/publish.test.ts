import { expect, test } from "vitest";
import { toEvent } from "../../../shared/cloudevents/index.ts";
import { type OutgoingRecord, publish } from "../../../shared/kafka/index.ts";
import { createAvroSerializer } from "../../../shared/schema-registry/index.ts";
import { orderCreatedSchema, orderCreatedType } from "../../../shared/schemas/index.ts";
import { orderCreated, orderCreatedValue, orderRegistry } from "../../fixtures/events/order-events.ts";

const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
const event = { id: "1", source: "/order-service", type: orderCreatedType, data: orderCreated() };

function setUp() {
  const sent: { topic: string; record: OutgoingRecord }[] = [];
  const options = {
    producer: {
      send: async (topic: string, record: OutgoingRecord) => void sent.push({ topic, record }),
      close: async () => {},
    },
    serializer: createAvroSerializer({
      registry: orderRegistry,
      writers: { [orderCreatedType]: { subject: "order-events-value", schema: orderCreatedSchema } },
    }),
    topic: "order-events",
    key: "536365",
    now: () => new Date(0),
  };
  return { sent, options };
}

test("adds specversion, time, datacontenttype and traceparent and sends the event in binary mode", async () => {
  const { sent, options } = setUp();
  await publish(event, { ...options, traceparent });
  expect(sent).toHaveLength(1);
  const [{ topic, record } = { topic: "", record: { key: null, value: null, headers: [] } }] = sent;
  expect(topic).toBe("order-events");
  expect(record.key?.toString()).toBe("536365");
  expect(toEvent({ ...record, topic, partition: 0, offset: 0, timestampMs: 0 })).toEqual({
    specversion: "1.0",
    id: "1",
    source: "/order-service",
    type: orderCreatedType,
    time: "1970-01-01T00:00:00.000Z",
    datacontenttype: "application/avro",
    traceparent,
    data: await orderCreatedValue(),
  });
});

test("keeps a time of the event's own and starts a trace where there is none", async () => {
  const { options } = setUp();
  const published = await publish({ ...event, time: "2026-01-01T00:00:00Z" }, options);
  expect(published).toMatchObject({
    time: "2026-01-01T00:00:00Z",
    traceparent: expect.stringMatching(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/),
  });
});

test("sends nothing when the data does not fit its schema", async () => {
  const { sent, options } = setUp();
  const publishing = publish({ ...event, data: { orderId: 1 } }, options);
  await expect(publishing).rejects.toMatchObject({ code: "SCHEMA_MISMATCH" });
  expect(sent).toEqual([]);
});
