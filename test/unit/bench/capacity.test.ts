import { ConditionalCheckFailedException, TransactionCanceledException } from "@aws-sdk/client-dynamodb";
import { describe, expect, it } from "vitest";
import { answeredUnits, refusedUnits } from "../../../bench/exactly-once/capacity.ts";
import { itemBytes } from "../../../bench/exactly-once/item-bytes.ts";

const $metadata = {};
const put = (text: string) => ({ Put: { TableName: "items", Item: { id: { S: text } } } });
const transaction = {
  TransactItems: [put("a"), put("x".repeat(1023)), put("x".repeat(1022)), { Update: { TableName: "stock" } }],
};

describe("answeredUnits", () => {
  it("takes what is reported, of one table and of several", () => {
    expect(answeredUnits({}, { ConsumedCapacity: { TableName: "a", CapacityUnits: 1.5 } })).toBe(1.5);
    expect(answeredUnits({}, { ConsumedCapacity: [{ CapacityUnits: 2 }, { CapacityUnits: 3 }] })).toBe(5);
    expect(answeredUnits({}, {})).toBe(0);
  });

  it("counts two units for each action and begun KB of a transaction, whatever is reported", () => {
    expect(answeredUnits(transaction, { ConsumedCapacity: [{ CapacityUnits: 4 }] })).toBe(2 + 4 + 2 + 2);
  });
});

describe("refusedUnits", () => {
  it("counts a cancelled transaction as if it had been carried out", () => {
    const error = new TransactionCanceledException({ message: "cancelled", $metadata });
    expect(refusedUnits(transaction, error)).toBe(10);
  });

  it("counts a write whose condition failed", () => {
    const error = new ConditionalCheckFailedException({ message: "refused", $metadata });
    expect(refusedUnits({ Item: { id: { S: "x".repeat(1500) } } }, error)).toBe(2);
    expect(refusedUnits({ Key: { id: { S: "a" } } }, error)).toBe(1);
  });

  it("counts nothing when there was no answer", () => {
    expect(refusedUnits(transaction, new Error("socket hang up"))).toBe(0);
  });
});

describe("itemBytes", () => {
  it.each([
    ["a text in UTF-8", { name: { S: "né" } }, 4 + 3],
    ["a number by its digits", { n: { N: "-12345.6" } }, 1 + 4],
    ["bytes", { b: { B: new Uint8Array(5) } }, 1 + 5],
    ["true", { b: { BOOL: true } }, 1 + 1],
    ["a list of maps", { l: { L: [{ M: { sku: { S: "ab" }, n: { N: "1" } } }] } }, 1 + 3 + 1 + (3 + 2 + 5 + 3)],
    ["a set", { s: { SS: ["a", "bc"] } }, 1 + 3],
  ])("measures %s", (_what, item, bytes) => {
    expect(itemBytes(item)).toBe(bytes);
  });
});
