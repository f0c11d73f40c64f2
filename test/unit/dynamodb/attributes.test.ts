import { describe, expect, test } from "vitest";
import { fromAttributes, toAttributes } from "../../../shared/dynamodb/index.ts";

describe("attributes", () => {
  test("come back as they went", () => {
    const values = {
      text: "é",
      number: -1.5,
      big: 2n ** 64n,
      flag: false,
      nothing: null,
      bytes: new Uint8Array([0, 255]),
      list: ["a", 1, { deep: true }],
      map: { a: { b: [] } },
      set: new Set(["x", "y"]),
    };
    expect(fromAttributes(toAttributes(values))).toEqual(values);
  });

  test("are spelled as DynamoDB's API has them", () => {
    expect(toAttributes({ id: "a", count: 7, lines: [{ sku: "s" }] })).toEqual({
      id: { S: "a" },
      count: { N: "7" },
      lines: { L: [{ M: { sku: { S: "s" } } }] },
    });
  });

  test("an attribute that is undefined is left out, a value within a list or map that is undefined is refused", () => {
    expect(toAttributes({ id: "a", reason: undefined })).toEqual({ id: { S: "a" } });
    expect(() => toAttributes({ map: { reason: undefined } })).toThrow("undefined");
    expect(() => toAttributes({ list: [undefined] })).toThrow("undefined");
  });

  test.each([
    ["a number that a double does not hold exactly", 2 ** 60],
    ["no number", Number.NaN],
    ["an instance of a class", new Date(0)],
  ])("%s is refused", (_name, value) => {
    expect(() => toAttributes({ value })).toThrow();
  });
});
