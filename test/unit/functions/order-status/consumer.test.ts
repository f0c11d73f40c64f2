import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createConsumer } from "../../../../functions/order-status/consumer.ts";
import { invoke, MemoryProducer, MemoryStore, mskEvent, type TestRecord } from "../../../../shared/testing/index.ts";
import { created, deserializer, rejected, reserved, statusOf } from "./events.ts";

/** The two functions of order-status, on one store: one for each topic. */
function orderStatus() {
  const store = new MemoryStore();
  const producer = new MemoryProducer();
  const consumerOf = (topic: string) =>
    createConsumer({
      statusesTable: "statuses",
      consumerGroup: `order-status.${topic}`,
      deadLetterTopic: `${topic}.order-status.dlt`,
      claimTtlSeconds: 60,
      reportBatchItemFailures: true,
      producer,
      deserializer,
      store,
      logger: { info: () => {}, warn: () => {}, error: () => {} },
      writeMetrics: () => {},
    });
  const consumers = { "order-events": consumerOf("order-events"), "inventory-events": consumerOf("inventory-events") };
  const consume = (topic: keyof typeof consumers, records: readonly TestRecord[]) =>
    invoke(consumers[topic], mskEvent({ topic, records }));
  return { store, producer, statuses: store.table("statuses"), consume };
}

const done = { batchItemFailures: [] };

describe("the order-status consumer", () => {
  test("an order is ACCEPTED with its times, and then RESERVED", async () => {
    const { statuses, consume } = orderStatus();
    expect(await consume("order-events", [await created("o-1")])).toEqual(done);
    expect(statuses.get("o-1")).toEqual({
      orderId: "o-1",
      status: "ACCEPTED",
      orderEventId: "created-o-1",
      createdAt: "2026-01-01T08:26:00.000Z",
      acceptedAt: "2026-01-01T08:26:01.000Z",
    });
    expect(await consume("inventory-events", [await reserved("o-1")])).toEqual(done);
    expect(statuses.get("o-1")).toEqual(statusOf("o-1", "RESERVED"));
  });

  test("a late OrderCreated adds its half and takes no decision back", async () => {
    const { statuses, consume } = orderStatus();
    await consume("inventory-events", [await rejected("o-1")]);
    expect(statuses.get("o-1")).toMatchObject({ status: "REJECTED", reason: "too little stock of tea" });
    await consume("order-events", [await created("o-1")]);
    expect(statuses.get("o-1")).toEqual(statusOf("o-1", "REJECTED"));
  });

  test("whatever comes first and however often, each order ends the same", async () => {
    const events = [
      { topic: "order-events", record: await created("o-1") },
      { topic: "inventory-events", record: await reserved("o-1") },
      { topic: "order-events", record: await created("o-2") },
      { topic: "inventory-events", record: await rejected("o-2") },
      { topic: "inventory-events", record: await reserved("o-3") },
      { topic: "order-events", record: await created("o-3") },
    ] as const;
    // Each event once or twice, in any order: a stand-in for redelivery and for partitions that overtake each other.
    const arrivals = fc
      .array(fc.constantFrom(...events), { maxLength: 6 })
      .chain((again) => fc.shuffledSubarray([...events, ...again], { minLength: events.length + again.length }));
    await fc.assert(
      fc.asyncProperty(arrivals, async (arrived) => {
        const { producer, statuses, consume } = orderStatus();
        for (const { topic, record } of arrived) expect(await consume(topic, [record])).toEqual(done);
        expect(Object.fromEntries(statuses)).toEqual({
          "o-1": statusOf("o-1", "RESERVED"),
          "o-2": statusOf("o-2", "REJECTED"),
          "o-3": statusOf("o-3", "RESERVED"),
        });
        expect(producer.sent).toEqual([]);
      }),
      { numRuns: 100 },
    );
  });

  test("both topics at once end the same", async () => {
    const { statuses, consume } = orderStatus();
    const orders = Array.from({ length: 20 }, (_, index) => `o-${index}`);
    const [first, second] = [
      await Promise.all(orders.map((id) => created(id))),
      await Promise.all(orders.map((id) => reserved(id))),
    ];
    await Promise.all([consume("order-events", first), consume("inventory-events", second)]);
    expect(Object.fromEntries(statuses)).toEqual(
      Object.fromEntries(orders.map((id) => [id, statusOf(id, "RESERVED")])),
    );
  });

  test("an event of another type is passed by: no effect, its schema never asked for, and a claim", async () => {
    const { store, producer, statuses, consume } = orderStatus();
    const other = { id: "other", source: "/inventory", type: "StockCounted", data: Buffer.from("no schema of ours") };
    expect(await consume("inventory-events", [other, await reserved("o-1")])).toEqual(done);
    expect([...statuses.keys()]).toEqual(["o-1"]);
    expect(producer.sent).toEqual([]);
    expect(
      await store.isClaimed({ consumerGroup: "order-status.inventory-events", source: "/inventory", eventId: "other" }),
    ).toBe(true);
  });

  test.each([
    ["another order under the same id", "order-events", () => created("o-1"), () => created("o-1", "created-again")],
    ["another word of inventory", "inventory-events", () => reserved("o-1"), () => rejected("o-1")],
  ] as const)("%s changes nothing and goes to its topic's dead-letter topic", async (_name, topic, one, other) => {
    const { producer, statuses, consume } = orderStatus();
    const [first, second] = [await one(), await other()];
    await consume(topic, [first]);
    const before = statuses.get("o-1");
    expect(await consume(topic, [second])).toEqual(done);
    expect(statuses.get("o-1")).toEqual(before);
    expect(producer.sent).toMatchObject([{ topic: `${topic}.order-status.dlt` }]);
    expect(producer.header(0, "dlt-error-code")).toBe("DUPLICATE_BUSINESS_KEY");
    expect(producer.header(0, "dlt-consumer-group")).toBe(`order-status.${topic}`);
  });

  test("an event without data is dead-lettered", async () => {
    const { producer, consume } = orderStatus();
    const { data: _, ...tombstone } = await reserved("o-1");
    await consume("inventory-events", [tombstone]);
    expect(producer.header(0, "dlt-error-code")).toBe("MALFORMED_PAYLOAD");
  });

  test("an event without a time counts from its record's timestamp", async () => {
    const { statuses, consume } = orderStatus();
    const { time: _, ...timeless } = await created("o-1");
    await consume("order-events", [{ event: timeless, timestampMs: Date.UTC(2026, 0, 2) }]);
    expect(statuses.get("o-1")).toMatchObject({ acceptedAt: "2026-01-02T00:00:00.000Z" });
  });
});
