import type { AttributeValue, BatchGetItemCommand } from "@aws-sdk/client-dynamodb";
import { describe, expect, test } from "vitest";
import { createStockReader } from "../../../../functions/inventory/stock.ts";

type Keys = Record<string, AttributeValue>[];

/** A client that answers a call of BatchGetItem with the first `processed` of its keys. */
function reader(processed: number) {
  const calls: Keys[] = [];
  const send = async ({ input }: BatchGetItemCommand) => {
    const keys: Keys = input.RequestItems?.stock?.Keys ?? [];
    expect(input.RequestItems?.stock?.ConsistentRead).toBe(true);
    calls.push(keys);
    const rest = keys.slice(processed);
    return {
      Responses: { stock: keys.slice(0, processed).map((key) => ({ ...key, remaining: { N: "7" } })) },
      UnprocessedKeys: rest.length > 0 ? { stock: { Keys: rest } } : {},
    };
  };
  return { calls, readStock: createStockReader({ client: { send }, table: "stock", random: () => 0 }) };
}

const skus = (count: number) => Array.from({ length: count }, (_, i) => `s${i}`);

describe("readStock", () => {
  test("reads 100 keys a call", async () => {
    const { calls, readStock } = reader(100);
    expect((await readStock(skus(250))).size).toBe(250);
    expect(calls.map((keys) => keys.length)).toEqual([100, 100, 50]);
  });

  test("what is asked for side by side is read together, each SKU once; what is asked for later is read anew", async () => {
    const { calls, readStock } = reader(100);
    const [one, other] = await Promise.all([readStock(["a", "b"]), readStock(["b", "c"])]);
    expect([one.get("b"), other.get("b"), other.get("c")]).toEqual([7, 7, 7]);
    await readStock(["b"]);
    expect(calls).toEqual([["a", "b", "c"], ["b"]].map((skus) => skus.map((S) => ({ sku: { S } }))));
  });

  test("reads unprocessed keys again", async () => {
    const { calls, readStock } = reader(2);
    expect(await readStock(skus(5))).toEqual(new Map(skus(5).map((sku) => [sku, 7])));
    expect(calls.map((keys) => keys.length)).toEqual([5, 3, 1]);
  });

  test("gives up as a failure of the surroundings when keys stay unprocessed", async () => {
    const { readStock } = reader(0);
    await expect(readStock(["a"])).rejects.toMatchObject({ code: "DATABASE_UNAVAILABLE" });
  });

  test("asks nothing for no SKUs", async () => {
    const { calls, readStock } = reader(100);
    expect((await readStock([])).size).toBe(0);
    expect(calls).toEqual([]);
  });
});
