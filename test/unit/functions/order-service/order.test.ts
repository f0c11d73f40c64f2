import { describe, expect, test } from "vitest";
import { parseOrder } from "../../../../functions/order-service/order.ts";

const line = { sku: "85123A", quantity: 6, unitPrice: 2.55 };
const order = { orderId: "536365", customerId: "17850", totalAmount: 15.3, lines: [line] };

function errorsOf(body: unknown): Record<string, string> {
  const result = parseOrder(body);
  const errors = "errors" in result ? result.errors : [];
  return Object.fromEntries(errors.map(({ field, message }) => [field, message]));
}

describe("parseOrder", () => {
  test("takes an order, its time as a Date", () => {
    expect(parseOrder({ ...order, createdAt: "2026-01-01T09:26:00+01:00" })).toEqual({
      order: { ...order, createdAt: new Date("2026-01-01T08:26:00Z") },
    });
  });

  test("takes the bounds themselves", () => {
    const lines = Array.from({ length: 1_000 }, () => ({ sku: "s".repeat(128), quantity: 1_000_000, unitPrice: 0 }));
    expect(parseOrder({ ...order, totalAmount: 0, lines })).toHaveProperty("order");
  });

  test("names every wrong, missing and unknown field at once", () => {
    const lines = [{ ...line, quantity: -3, colour: "red" }, 7, { sku: " ", unitPrice: -1 }];
    expect(
      errorsOf({ customerId: "", totalAmount: "15", createdAt: "1/1/2026", lines, coupon: 1, ["__proto__"]: 2 }),
    ).toEqual({
      orderId:
        "must be a text of 1 to 128 characters, not blank, without control characters, without / \\ ? # %, not . or .., got nothing",
      customerId: 'must be a text of 1 to 128 characters, not blank, without control characters, got ""',
      totalAmount: 'must be a number of at least 0, got "15"',
      createdAt: 'must be an RFC 3339 time with a zone, e.g. 2026-01-31T12:00:00Z, got "1/1/2026"',
      "lines[0].quantity": "must be an integer from 1 to 1000000, got -3",
      "lines[1]": "must be an object, got 7",
      "lines[2].sku": 'must be a text of 1 to 128 characters, not blank, without control characters, got " "',
      "lines[2].quantity": "must be an integer from 1 to 1000000, got nothing",
      "lines[2].unitPrice": "must be a number of at least 0, got -1",
      coupon: "is not known; known are orderId, customerId, totalAmount, createdAt, lines",
      ["__proto__"]: "is not known; known are orderId, customerId, totalAmount, createdAt, lines",
      "lines[0].colour": "is not known; known are sku, quantity, unitPrice",
    });
  });

  test.each([
    ["nothing", undefined, "nothing"],
    ["null", null, "null"],
    ["a list", [order], "a list of 1"],
    ["a text", "order", '"order"'],
  ])("refuses %s as body", (_, body, got) => {
    expect(errorsOf(body)).toEqual({ body: `must be a JSON object, got ${got}` });
  });

  test.each([
    ["orderId", "x".repeat(129)],
    ["orderId", "a\u0000b"],
    ["orderId", "\ud800"],
    ["orderId", 536365],
    ["customerId", null],
    ["totalAmount", Number.POSITIVE_INFINITY],
    ["totalAmount", -0.01],
    ["createdAt", "2026-02-30T00:00:00Z"],
    ["createdAt", "2026-01-01T00:00:00"],
    ["createdAt", null],
    ["lines", []],
    ["lines", { 0: line }],
    ["lines", Array.from({ length: 1_001 }, () => 5)],
  ])("refuses %s of %j", (field, value) => {
    expect(Object.keys(errorsOf({ ...order, [field]: value }))).toEqual([field]);
  });

  test.each(["a/b", "a\\b", "a?b", "a#b", "100%", ".", ".."])(
    "refuses the orderId %j, which GET could not name, and takes it as a SKU",
    (text) => {
      expect(Object.keys(errorsOf({ ...order, orderId: text }))).toEqual(["orderId"]);
      expect(parseOrder({ ...order, customerId: text, lines: [{ ...line, sku: text }] })).toHaveProperty("order");
    },
  );

  test.each(["536365", "C536379", "...", "a b", "Größe+1:2;3=4&5,6@7"])("takes the orderId %j", (orderId) => {
    expect(parseOrder({ ...order, orderId })).toHaveProperty("order.orderId", orderId);
  });

  test.each([
    ["quantity", 0],
    ["quantity", 1.5],
    ["quantity", 1_000_001],
    ["quantity", "6"],
    ["unitPrice", Number.NaN],
    ["sku", ["a"]],
  ])("refuses a line with %s of %j", (field, value) => {
    expect(Object.keys(errorsOf({ ...order, lines: [{ ...line, [field]: value }] }))).toEqual([`lines[0].${field}`]);
  });

  test("shortens what it repeats", () => {
    const [message = ""] = Object.values(errorsOf({ ...order, orderId: "x".repeat(100_000) }));
    expect(message).toMatch(/got "x{40}…"$/);
  });
});
