import { expect, test } from "vitest";
import { MemoryStore } from "../../shared/testing/index.ts";
import { describeIdempotencyStore } from "./idempotency-store.ts";

describeIdempotencyStore("in memory", async () => ({ store: new MemoryStore(), table: "items" }));

// Not in the contract: DynamoDB Local takes the two one after the other.
test("the memory store refuses two actions on one item, as DynamoDB does", async () => {
  const store = new MemoryStore();
  const Update = {
    TableName: "items",
    Key: { id: "x" },
    UpdateExpression: "ADD amount :by",
    ExpressionAttributeValues: { ":by": 1 },
  };
  await expect(store.transact([{ Update }, { Update }], "token")).rejects.toMatchObject({
    name: "ValidationException",
  });
  expect(store.table("items").size).toBe(0);
});
