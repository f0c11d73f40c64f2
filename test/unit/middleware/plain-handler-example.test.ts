import middy from "@middy/core";
import { expect, test } from "vitest";
import {
  batchOfEvent,
  cloudEvents,
  type DecodedRecord,
  deadLetters,
  partialBatchResponse,
  type RecordOutcome,
  recordsOf,
  reportOutcomes,
  tracing,
} from "../../../shared/middleware/index.ts";
import { invoke, jsonDeserializer, MemoryProducer, mskEvent } from "../../../shared/testing/index.ts";

interface Order {
  readonly customerId: string;
}

const producer = new MemoryProducer();
const greeted: (string | undefined)[] = [];

const handler = middy()
  .use(partialBatchResponse({ reportBatchItemFailures: true }))
  .use(deadLetters({ topic: "order-events.greetings.dlt", consumerGroup: "greetings", producer }))
  .use(cloudEvents({ deserializer: jsonDeserializer }))
  .use(tracing({ consumerGroup: "greetings" }))
  .handler(async (event) => {
    const { deadLetters, tracing } = batchOfEvent(event) ?? {};
    const outcomeOf = async (record: DecodedRecord<Order>): Promise<RecordOutcome> => {
      if (record.status === "decoded") {
        greeted.push(record.event.data?.customerId);
        return { record, status: "processed" };
      }
      const { source, error } = record;
      if (error.retriable || !deadLetters) return { record, status: "unfinished", error };
      // Resolves when the broker has acknowledged it.
      await deadLetters.publish({ record: source, error, attempts: 1 });
      return { record, status: "deadLettered", error };
    };
    const outcomes: RecordOutcome[] = [];
    for (const record of recordsOf<Order>(event)) {
      const work = () => outcomeOf(record);
      outcomes.push(await (tracing?.aroundRecord(record, work) ?? work()));
    }
    reportOutcomes(event, outcomes);
  });

test("a plain handler greets who ordered, and sets aside what is no event", async () => {
  const order = { id: "e-1", source: "/orders", type: "OrderCreated", data: { customerId: "ada" } };
  const event = mskEvent({ topic: "order-events", records: [order, { key: "o-2", value: "no event" }] });
  expect(await invoke(handler, event)).toEqual({ batchItemFailures: [] });
  expect(greeted).toEqual(["ada"]);
  expect(producer.sent.map(({ record }) => record.key?.toString())).toEqual(["o-2"]);
});
