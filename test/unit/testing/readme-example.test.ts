import middy from "@middy/core";
import { expect, test } from "vitest";
import { cloudEvents, idempotency, partialBatchResponse } from "../../../shared/middleware/index.ts";
import { eachRecord } from "../../../shared/processing/index.ts";
import { invoke, jsonDeserializer, MemoryStore, mskEvent } from "../../../shared/testing/index.ts";

const store = new MemoryStore();
const handler = middy()
  .use(partialBatchResponse({ reportBatchItemFailures: true }))
  .use(cloudEvents({ deserializer: jsonDeserializer }))
  .use(idempotency({ store, consumerGroup: "loyalty", ttlSeconds: 86_400 }))
  .handler(
    eachRecord<{ customerId: string }>(({ data }) => ({
      increments: [{ table: "points", key: { customerId: data?.customerId ?? "" }, attribute: "points", by: 10 }],
    })),
  );

test("an order gives points once, however often its event comes", async () => {
  const order = { id: "e-1", source: "/orders", type: "OrderCreated", data: { customerId: "ada" } };
  const event = mskEvent({ topic: "order-events", records: [order, order] });
  expect(await invoke(handler, event)).toEqual({ batchItemFailures: [] });
  expect(store.table("points").get("ada")).toMatchObject({ points: 10 });
});
