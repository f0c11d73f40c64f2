import { describe, expect, test } from "vitest";
import { createConsumer } from "../../../../functions/inventory/consumer.ts";
import { createReserveStock } from "../../../../functions/inventory/reserve-stock.ts";
import { toEvent } from "../../../../shared/cloudevents/index.ts";
import { readOutboxItem } from "../../../../shared/outbox/index.ts";
import { avro, createDeserializer, createSerializer } from "../../../../shared/schema-registry/index.ts";
import {
  inventoryRejectedSchema,
  inventoryRejectedType,
  inventoryReservedSchema,
  inventoryReservedType,
  orderCreatedSchema,
  orderCreatedType,
} from "../../../../shared/schemas/index.ts";
import { invoke, MemoryProducer, MemoryStore, mskEvent, type TestRecord } from "../../../../shared/testing/index.ts";
import { orderCreated, orderCreatedValue, orderRegistry } from "../../../fixtures/events/order-events.ts";

async function order(orderId: string, quantity = 1) {
  const lines = [{ sku: "tea", quantity, unitPrice: 2.5 }];
  return event(orderId, await orderCreatedValue(orderCreated({ orderId, lines })), `event-${orderId}-${quantity}`);
}

function event(partitionkey: string, data: Buffer, id: string) {
  return {
    id,
    source: "/order-service",
    type: orderCreatedType,
    datacontenttype: "application/avro",
    partitionkey,
    data,
  };
}

function ordersEvent(records: readonly TestRecord[]) {
  return mskEvent({ topic: "order-events", records });
}

function inventory({ reportBatchItemFailures = true } = {}) {
  const store = new MemoryStore({ keys: { outbox: ["groupKey", "sourcePosition"] } });
  const producer = new MemoryProducer();
  const metrics: Record<string, unknown>[] = [];
  const readStock = async (skus: readonly string[]) => {
    const stock = store.table("stock");
    return new Map(skus.filter((sku) => stock.has(sku)).map((sku) => [sku, Number(stock.get(sku)?.remaining)]));
  };
  const handler = createConsumer({
    reserveStock: createReserveStock({
      readStock,
      initialStock: 10,
      reservationsTable: "reservations",
      stockTable: "stock",
      inventoryEventsTopic: "inventory-events",
    }),
    consumerGroup: "inventory",
    deadLetterTopic: "order-events.inventory.dlt",
    claimTtlSeconds: 60,
    reportBatchItemFailures,
    producer,
    deserializer: createDeserializer({
      registry: orderRegistry,
      readers: { [orderCreatedType]: avro(orderCreatedSchema) },
    }),
    serializers: {
      "inventory-events": createSerializer({
        registry: { idOf: async () => 7 },
        topic: "inventory-events",
        subjectNameStrategy: "TopicRecordNameStrategy",
        writers: {
          [inventoryReservedType]: avro(inventoryReservedSchema),
          [inventoryRejectedType]: avro(inventoryRejectedSchema),
        },
      }),
    },
    outboxTable: "outbox",
    store,
    logger: { info: () => {}, warn: () => {}, error: () => {} },
    writeMetrics: (line) => metrics.push(JSON.parse(line)),
  });
  return { store, producer, metrics, invoke: (event: unknown) => invoke(handler, event) };
}

describe("the inventory consumer", () => {
  test("reserves each order of a batch once, also when the batch comes again", async () => {
    const { store, producer, invoke } = inventory();
    const event = ordersEvent([await order("o-1", 4), await order("o-2", 3)]);
    expect(await invoke(event)).toEqual({ batchItemFailures: [] });
    expect(await invoke(event)).toEqual({ batchItemFailures: [] });
    expect(store.table("stock").get("tea")).toEqual({ sku: "tea", initial: 10, remaining: 3 });
    expect(store.table("reservations").get("o-1")).toMatchObject({
      eventId: "event-o-1-4",
      status: "RESERVED",
      lines: [{ sku: "tea", quantity: 4 }],
    });
    expect(producer.sent).toEqual([]);
  });

  test("keeps for publishing what came of each order, once, in the trace of the order's event", async () => {
    const { store, invoke } = inventory();
    const traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    const event = ordersEvent([{ event: { ...(await order("o-1", 4)), traceparent } }, await order("o-2", 7)]);
    await invoke(event);
    const kept = [...store.table("outbox").values()].map(readOutboxItem);
    await invoke(event);

    expect(kept.map(({ groupKey }) => groupKey)).toEqual(["inventory#text#o-1", "inventory#text#o-2"]);
    const events = kept.flatMap(({ records }) =>
      records.map(({ topic, record }) => ({
        topic,
        event: toEvent({ ...record, topic, partition: 0, offset: 0, timestampMs: 0 }),
      })),
    );
    expect(events).toMatchObject([
      { topic: "inventory-events", event: { type: inventoryReservedType, source: "/inventory", traceparent } },
      { topic: "inventory-events", event: { type: inventoryRejectedType, source: "/inventory" } },
    ]);
    expect([...store.table("outbox").values()].map(readOutboxItem)).toEqual(kept);
  });

  test("a poison record goes to the dead-letter topic with its original bytes, its neighbours are served", async () => {
    const { store, producer, invoke } = inventory();
    const garbage = Buffer.from([9, 200, 13, 0, 255]);
    const records = [await order("o-1"), event("käy", garbage, "event-é"), await order("o-2")];
    expect(await invoke(ordersEvent(records))).toEqual({ batchItemFailures: [] });
    expect([...store.table("reservations").keys()]).toEqual(["o-1", "o-2"]);
    expect(producer.sent).toMatchObject([
      { topic: "order-events.inventory.dlt", record: { value: garbage, key: Buffer.from("käy") } },
    ]);
    expect(producer.header(0, "ce_id")).toBe("event-é");
    expect(producer.header(0, "dlt-error-code")).toBe("MALFORMED_PAYLOAD");
    expect(producer.header(0, "dlt-original-offset")).toBe("1");
  });

  test("another order under the same orderId is dead-lettered and changes nothing", async () => {
    const { store, producer, invoke } = inventory();
    await invoke(ordersEvent([await order("o-1", 1), await order("o-1", 2)]));
    expect(store.table("stock").get("tea")).toMatchObject({ remaining: 9 });
    expect(producer.header(0, "dlt-error-code")).toBe("DUPLICATE_BUSINESS_KEY");
  });

  test("an order event without data is dead-lettered", async () => {
    const { producer, invoke } = inventory();
    await invoke(ordersEvent([{ id: "e", source: "/order-service", type: orderCreatedType }]));
    expect(producer.header(0, "dlt-error-code")).toBe("MALFORMED_PAYLOAD");
  });

  test("with Kafka away, what has to be dead-lettered is returned, together with later records of its key", async () => {
    const { store, producer, invoke } = inventory();
    producer.isAway = true;
    const records = [event("o-1", Buffer.from("garbage"), "p"), await order("o-1"), await order("o-2")];
    expect(await invoke(ordersEvent(records))).toEqual({
      batchItemFailures: [
        { itemIdentifier: { partition: "order-events-0", offset: 0 } },
        { itemIdentifier: { partition: "order-events-0", offset: 1 } },
      ],
    });
    expect([...store.table("reservations").keys()]).toEqual(["o-2"]);
  });

  test("without partial batch response the batch fails, and is served when it comes again", async () => {
    const { store, producer, invoke } = inventory({ reportBatchItemFailures: false });
    producer.isAway = true;
    const batch = ordersEvent([event("o-1", Buffer.from("garbage"), "p"), await order("o-2", 4)]);
    await expect(invoke(batch)).rejects.toMatchObject({ code: "KAFKA_UNAVAILABLE" });
    producer.isAway = false;
    expect(await invoke(batch)).toEqual({ batchItemFailures: [] });
    expect(store.table("stock").get("tea")).toMatchObject({ remaining: 6 });
    expect(producer.sent).toHaveLength(1);
  });

  test("counts in its metrics how every record ended", async () => {
    const { metrics, invoke } = inventory();
    const [one, two] = [await order("o-1"), await order("o-2")];
    await invoke(ordersEvent([one, two, one, event("o-3", Buffer.from("garbage"), "p")]));
    expect(metrics).toMatchObject([
      {
        Service: "inventory",
        ConsumerGroup: "inventory",
        Topic: "order-events",
        RecordsReceived: 4,
        RecordsProcessed: 2,
        RecordsDuplicate: 1,
        RecordsDeadLettered: 1,
        RecordsUnfinished: 0,
      },
    ]);
  });

  test("two invocations at once do not mix", async () => {
    const { store, invoke } = inventory();
    const event = ordersEvent([await order("o-1", 4)]);
    const responses = await Promise.all([invoke(event), invoke(event)]);
    expect(responses).toEqual([{ batchItemFailures: [] }, { batchItemFailures: [] }]);
    expect(store.table("stock").get("tea")).toMatchObject({ remaining: 6 });
  });

  test("an event that is none of MSK fails the invocation", async () => {
    await expect(inventory().invoke({ Records: [] })).rejects.toMatchObject({ code: "MALFORMED_EVENT" });
  });
});
