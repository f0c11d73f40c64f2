import type { Context } from "aws-lambda";
import { describe, expect, test } from "vitest";
import { createConsumer } from "../../../../functions/inventory/consumer.ts";
import { createReserveStock } from "../../../../functions/inventory/reserve-stock.ts";
import type { OutgoingRecord } from "../../../../shared/kafka/index.ts";
import type { MskEvent, MskRecord } from "../../../../shared/msk-event/index.ts";
import { createAvroDeserializer, createAvroSerializer } from "../../../../shared/schema-registry/index.ts";
import { orderCreatedSchema, orderCreatedType } from "../../../../shared/schemas/index.ts";
import { MemoryStore } from "../../processing/memory-store.ts";

const registry = {
  schemaById: async () => JSON.stringify(orderCreatedSchema),
  idOf: async () => 7,
  register: async () => 7,
};

const serializer = createAvroSerializer({
  registry,
  writers: { [orderCreatedType]: { subject: "order-events-value", schema: orderCreatedSchema } },
});

async function orderRecord(orderId: string, offset: number, quantity = 1): Promise<MskRecord> {
  const data = {
    orderId,
    customerId: "c-1",
    totalAmount: 2.5,
    createdAt: new Date(0),
    lines: [{ sku: "tea", quantity, unitPrice: 2.5 }],
  };
  const value = await serializer.serialize(orderCreatedType, data);
  return mskRecord(orderId, offset, value, { ce_id: `event-${orderId}-${quantity}` });
}

function mskRecord(key: string, offset: number, value: Buffer, attributes: Record<string, string>): MskRecord {
  const headers = {
    ce_specversion: "1.0",
    ce_source: "/order-service",
    ce_type: orderCreatedType,
    "content-type": "application/avro",
    ...attributes,
  };
  return {
    topic: "order-events",
    partition: 0,
    offset,
    timestamp: 1_700_000_000_000,
    timestampType: "CREATE_TIME",
    key: Buffer.from(key).toString("base64"),
    value: value.toString("base64"),
    // Lambda serializes header bytes as signed.
    headers: Object.entries(headers).map(([name, text]) => ({ [name]: [...new Int8Array(Buffer.from(text))] })),
  };
}

function mskEvent(records: MskRecord[]): MskEvent {
  return {
    eventSource: "aws:kafka",
    eventSourceArn: "arn:aws:kafka:eu-central-1:123456789012:cluster/test/1",
    bootstrapServers: "b-1:9098",
    records: { "order-events-0": records },
  };
}

function inventory({ kafkaAway = false } = {}) {
  const store = new MemoryStore();
  const sent: { topic: string; record: OutgoingRecord }[] = [];
  const readStock = async (skus: readonly string[]) => {
    const stock = store.table("stock");
    return new Map(skus.filter((sku) => stock.has(sku)).map((sku) => [sku, Number(stock.get(sku)?.remaining)]));
  };
  const consumer = createConsumer({
    reserveStock: createReserveStock({
      readStock,
      initialStock: 10,
      reservationsTable: "reservations",
      stockTable: "stock",
    }),
    consumerGroup: "inventory",
    deadLetterTopic: "order-events.inventory.dlt",
    claimTtlSeconds: 60,
    producer: {
      send: async (topic, record) => {
        if (kafkaAway) throw new Error("not connected");
        sent.push({ topic, record });
      },
      close: async () => {},
    },
    deserializer: createAvroDeserializer({ registry, readers: { [orderCreatedType]: orderCreatedSchema } }),
    store,
    logger: { info: () => {}, warn: () => {}, error: () => {} },
  });
  const context: Pick<Context, "getRemainingTimeInMillis"> = { getRemainingTimeInMillis: () => 30_000 };
  const invoke = (event: unknown) => consumer(event, context as Context);
  return { store, sent, invoke };
}

const headerOf = (record: OutgoingRecord | undefined, name: string) =>
  record?.headers.find(([header]) => header === name)?.[1].toString();

describe("the inventory consumer", () => {
  test("reserves each order of a batch once, also when the batch comes again", async () => {
    const { store, sent, invoke } = inventory();
    const event = mskEvent([await orderRecord("o-1", 0, 4), await orderRecord("o-2", 1, 3)]);
    expect(await invoke(event)).toEqual({ batchItemFailures: [] });
    expect(await invoke(event)).toEqual({ batchItemFailures: [] });
    expect(store.table("stock").get("tea")).toEqual({ sku: "tea", initial: 10, remaining: 3 });
    expect(store.table("reservations").get("o-1")).toMatchObject({
      eventId: "event-o-1-4",
      status: "RESERVED",
      lines: [{ sku: "tea", quantity: 4 }],
    });
    expect(sent).toEqual([]);
  });

  test("a poison record goes to the dead-letter topic with its original bytes, its neighbours are served", async () => {
    const { store, sent, invoke } = inventory();
    const garbage = Buffer.from([9, 200, 13, 0, 255]);
    const poison = mskRecord("käy", 1, garbage, { ce_id: "event-é" });
    const event = mskEvent([await orderRecord("o-1", 0), poison, await orderRecord("o-2", 2)]);
    expect(await invoke(event)).toEqual({ batchItemFailures: [] });
    expect([...store.table("reservations").keys()]).toEqual(["o-1", "o-2"]);
    expect(sent).toHaveLength(1);
    expect(sent[0]?.topic).toBe("order-events.inventory.dlt");
    expect(sent[0]?.record.value).toEqual(garbage);
    expect(sent[0]?.record.key).toEqual(Buffer.from("käy"));
    expect(headerOf(sent[0]?.record, "ce_id")).toBe("event-é");
    expect(headerOf(sent[0]?.record, "dlt-error-code")).toBe("MALFORMED_PAYLOAD");
    expect(headerOf(sent[0]?.record, "dlt-original-offset")).toBe("1");
  });

  test("another order under the same orderId is dead-lettered and changes nothing", async () => {
    const { store, sent, invoke } = inventory();
    await invoke(mskEvent([await orderRecord("o-1", 0, 1), await orderRecord("o-1", 1, 2)]));
    expect(store.table("stock").get("tea")).toMatchObject({ remaining: 9 });
    expect(headerOf(sent[0]?.record, "dlt-error-code")).toBe("DUPLICATE_BUSINESS_KEY");
  });

  test("with Kafka away, what has to be dead-lettered is returned, together with later records of its key", async () => {
    const { store, invoke } = inventory({ kafkaAway: true });
    const poison = mskRecord("o-1", 0, Buffer.from("garbage"), { ce_id: "p" });
    const event = mskEvent([poison, await orderRecord("o-1", 1), await orderRecord("o-2", 2)]);
    expect(await invoke(event)).toEqual({
      batchItemFailures: [
        { itemIdentifier: { partition: "order-events-0", offset: 0 } },
        { itemIdentifier: { partition: "order-events-0", offset: 1 } },
      ],
    });
    expect([...store.table("reservations").keys()]).toEqual(["o-2"]);
  });

  test("two invocations at once with one event object do not mix", async () => {
    const { store, invoke } = inventory();
    const event = mskEvent([await orderRecord("o-1", 0, 4)]);
    const responses = await Promise.all([invoke(event), invoke(event)]);
    expect(responses).toEqual([{ batchItemFailures: [] }, { batchItemFailures: [] }]);
    expect(store.table("stock").get("tea")).toMatchObject({ remaining: 6 });
  });

  test("an event that is none of MSK fails the invocation", async () => {
    await expect(inventory().invoke({ Records: [] })).rejects.toMatchObject({ code: "MALFORMED_EVENT" });
  });
});
