import { describe, expect, it } from "vitest";
import { audit, type Effects, type OrderState, type Reservation } from "../../../../local/orders/audit.ts";
import type { AcceptedOrder } from "../../../../local/orders/post-orders.ts";

const order = (orderId: string, quantity = 2): AcceptedOrder => ({
  eventId: `event-${orderId}`,
  body: {
    orderId,
    customerId: "c",
    totalAmount: 1,
    createdAt: "2026-03-26T09:15:00Z",
    lines: [{ sku: "A", quantity, unitPrice: 1 }],
  },
});

const reservation = (orderId: string, quantity = 2): Reservation => ({
  orderId,
  eventId: `event-${orderId}`,
  status: "RESERVED",
  lines: [{ sku: "A", quantity }],
});

/** Effects in which order-status agrees with the reservations, unless a test says otherwise. */
const effects = (
  reservations: Reservation[],
  taken: number,
  deadLetters: string[] = [],
  states: Record<string, OrderState> = {},
): Effects => ({
  reservations,
  states: new Map([
    ...deadLetters.map((eventId) => [eventId.replace("event-", ""), "ACCEPTED"] as const),
    ...reservations.map(({ orderId, status }) => [orderId, status] as const),
    ...Object.entries(states),
  ]),
  stock: [{ sku: "A", initial: 100, remaining: 100 - taken }],
  deadLetterEventIds: new Set(deadLetters),
});

describe("audit", () => {
  it("counts orders with their reservation as processed, and dead letters beside them", () => {
    const found = audit([order("1"), order("2")], effects([reservation("1")], 2, ["event-2"]));
    const statuses = { ACCEPTED: 1, RESERVED: 1, REJECTED: 0 };
    expect(found).toEqual({ processed: 1, deadLettered: 1, lost: 0, duplicated: 0, statuses, findings: [] });
  });

  it("counts an order without any trace as lost", () => {
    expect(audit([order("1")], effects([], 0))).toMatchObject({ processed: 0, lost: 1 });
  });

  it("counts stock that was taken twice for one reservation as duplicated", () => {
    expect(audit([order("1")], effects([reservation("1")], 4))).toMatchObject({ duplicated: 1, lost: 0 });
  });

  it("counts as many duplicated orders as the excess needs at the least", () => {
    const orders = [order("1"), order("2")];
    expect(audit(orders, effects([reservation("1"), reservation("2")], 7))).toMatchObject({ duplicated: 2 });
  });

  it("counts a reservation whose stock was not taken as lost", () => {
    expect(audit([order("1")], effects([reservation("1")], 0))).toMatchObject({ lost: 1, duplicated: 0 });
  });

  it("takes nothing from stock for a rejected reservation", () => {
    const rejected: Reservation = { ...reservation("1"), status: "REJECTED" };
    expect(audit([order("1")], effects([rejected], 0))).toMatchObject({ processed: 1, lost: 0 });
  });

  it("tells a reservation with fewer lines than ordered from one with more", () => {
    expect(audit([order("1", 5)], effects([reservation("1", 2)], 2))).toMatchObject({ lost: 1, processed: 0 });
    expect(audit([order("1", 1)], effects([reservation("1", 2)], 2))).toMatchObject({ duplicated: 1, processed: 0 });
  });

  it("counts an order that is both reserved and dead-lettered as duplicated", () => {
    expect(audit([order("1")], effects([reservation("1")], 2, ["event-1"]))).toMatchObject({ duplicated: 1 });
  });

  it("leaves reservations of earlier runs alone, but not their stock", () => {
    const found = audit([order("1")], effects([reservation("1"), reservation("old")], 4));
    expect(found).toMatchObject({ processed: 1, lost: 0, duplicated: 0 });
  });

  it.each<[string, Record<string, OrderState>]>([
    ["still accepted only", { 1: "ACCEPTED" }],
    ["rejected", { 1: "REJECTED" }],
  ])("counts a reserved order that is %s in order-status as lost", (_, states) => {
    const found = audit([order("1")], effects([reservation("1")], 2, [], states));
    expect(found).toMatchObject({ processed: 0, lost: 1, statuses: { RESERVED: 0 } });
    expect(found.findings).toEqual([expect.stringMatching(/^order 1 is \w+ in order-status, not RESERVED$/)]);
  });

  it("counts an order that order-status does not know as lost, reserved or dead-lettered", () => {
    const { states: _, ...others } = effects([reservation("1")], 2, ["event-2"]);
    const found = audit([order("1"), order("2")], { ...others, states: new Map() });
    expect(found).toMatchObject({ processed: 0, deadLettered: 0, lost: 2 });
    expect(found.statuses).toEqual({ ACCEPTED: 0, RESERVED: 0, REJECTED: 0 });
  });
});
