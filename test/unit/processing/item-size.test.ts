import { expect, test } from "vitest";
import { itemSizeOf, sizeOf } from "../../../shared/processing/item-size.ts";

test.each([
  ["text in UTF-8", "äß", 4],
  ["a number by its digits", 12345, 4],
  ["a long number by DynamoDB's most", 1.2345678901234567e300, 13],
  ["a bigint", 10n ** 60n, 21],
  ["true", true, 1],
  ["null", null, 1],
  ["bytes", new Uint8Array(7), 7],
  ["a list with its overhead", ["ab", "c"], 3 + 2 + 3],
  ["a set like a list", new Set(["ab", "c"]), 3 + 2 + 3],
  ["a map with its names", { ab: "c" }, 3 + 1 + 3],
])("%s", (_name, value, bytes) => {
  expect(sizeOf(value)).toBe(bytes);
});

test("an item is its attributes' names and values", () => {
  expect(itemSizeOf({ id: "é", lines: [{ sku: "s" }] })).toBe(2 + 2 + 5 + (3 + 1 + (3 + 1 + 4)));
});
