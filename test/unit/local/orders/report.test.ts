import { stripVTControlCharacters } from "node:util";
import { describe, expect, it } from "vitest";
import { isAsPromised, toJson, toText } from "../../../../local/orders/report.ts";
import type { OrdersOutcome } from "../../../../local/orders/run-orders.ts";

const body = { orderId: "1", customerId: "C", totalAmount: 1, createdAt: "2026-03-26T09:15:00Z", lines: [] };
const accepted = Array.from({ length: 3 }, (_, index) => ({ body, eventId: `event-${index}` }));
const refused = [{ orderId: "bad", reason: "customerId must not be empty" }];

/** Four orders: two processed, one dead-lettered, one refused. */
const good: OrdersOutcome = {
  ordersRead: 4,
  accepted,
  refused,
  failed: [],
  processed: 2,
  deadLettered: 1,
  lost: 0,
  duplicated: 0,
  statuses: { ACCEPTED: 1, RESERVED: 1_000, REJECTED: 1 },
  findings: [],
  elapsedMs: 2_000,
};
const manyOrders = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ orderId: `order-${index}`, reason: "why" }));

const textOf = (outcome: Partial<OrdersOutcome>) => stripVTControlCharacters(toText({ ...good, ...outcome }));

describe("isAsPromised", () => {
  it.each<[boolean, string, Partial<OrdersOutcome>]>([
    [true, "every accepted order is processed or dead-lettered", {}],
    [true, "nothing was accepted", { accepted: [], processed: 0, deadLettered: 0 }],
    [false, "an accepted order is not accounted for", { processed: 1 }],
    [false, "more took effect than was accepted", { processed: 3 }],
    [false, "an order is lost", { lost: 1 }],
    [false, "an order is duplicated", { duplicated: 1 }],
    [false, "an order was not settled", { failed: manyOrders(1) }],
  ])("is %s when %s", (expected, _, outcome) => {
    expect(isAsPromised({ ...good, ...outcome })).toBe(expected);
  });
});

describe("toJson", () => {
  it("is one line with exactly the counts, the states and the time", () => {
    const text = toJson(good);
    expect(text).not.toContain("\n");
    expect(JSON.parse(text)).toEqual({
      ordersRead: 4,
      accepted: 3,
      refused: 1,
      processed: 2,
      deadLettered: 1,
      lost: 0,
      duplicated: 0,
      statuses: { ACCEPTED: 1, RESERVED: 1_000, REJECTED: 1 },
      elapsedMs: 2_000,
    });
  });
});

describe("toText", () => {
  it("has the counts, the rate, the refused orders with their reason, and the verdict", () => {
    const text = textOf({});
    expect(text).toMatch(/accepted +3\n/);
    expect(text).toMatch(/order-status +1 ACCEPTED, 1,000 RESERVED, 1 REJECTED\n/);
    expect(text).toMatch(/time +2\.0 s \(2 orders\/s\)/);
    expect(text).toContain("Refused:\n  bad  customerId must not be empty\n");
    expect(text).toContain("Every accepted order took effect exactly once");
    expect(text).not.toContain("not settled");
  });

  it("says that the promise is broken, and by what", () => {
    const text = textOf({ processed: 1, lost: 1, findings: ["order 1 has neither a reservation nor a dead letter"] });
    expect(text).toContain("Not as promised:\n  order 1 has neither");
    expect(text).toContain("The promise is broken");
  });

  it.each([
    ["Refused", { refused: manyOrders(130) }],
    ["Not settled", { refused: [], failed: manyOrders(130) }],
    ["Not as promised", { refused: [], findings: manyOrders(130).map(({ orderId }) => orderId) }],
  ])("lists a hundred of each and counts the rest: %s", (title, outcome) => {
    const text = textOf(outcome);
    expect(text).toContain(`${title}:\n  order-0`);
    expect(text).toContain("order-99");
    expect(text).not.toContain("order-100");
    expect(text).toContain("… and 30 more");
  });

  it("counts no rest when a list is just full", () => {
    expect(textOf({ refused: manyOrders(100) })).not.toContain("more");
  });
});
