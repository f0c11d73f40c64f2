import { describe, expect, test } from "vitest";
import { createReserveStock } from "../../../../functions/inventory/reserve-stock.ts";
import type { OrderCreated } from "../../../../shared/schemas/index.ts";

const source = { topic: "orders", partition: 0, offset: 1, timestampMs: 0, key: null, value: null, headers: [] };
const line = (sku: string, quantity: number) => ({ sku, quantity, unitPrice: 1 });

function decideAbout(lines: OrderCreated["lines"], stock: Record<string, number>, initialStock = 10) {
  const asked: string[][] = [];
  const reserveStock = createReserveStock({
    readStock: async (skus) => {
      asked.push([...skus]);
      return new Map(Object.entries(stock).filter(([sku]) => skus.includes(sku)));
    },
    initialStock,
    reservationsTable: "reservations",
    stockTable: "stock",
    inventoryEventsTopic: "inventory-events",
    now: () => new Date("2026-01-02T03:04:05Z"),
  });
  const data: OrderCreated = { orderId: "o-1", customerId: "c-1", totalAmount: 1, createdAt: new Date(0), lines };
  const event = { id: "e-1", source: "/order-service", type: "t", specversion: "1.0", data };
  return { asked, effects: Promise.resolve(reserveStock(event, source)) };
}

describe("reserveStock", () => {
  test("takes each line of a known SKU from its stock, and never below zero", async () => {
    const { effects } = decideAbout([line("a", 2), line("b", 3)], { a: 2, b: 9 });
    expect(await effects).toEqual({
      writes: [
        {
          action: "put",
          table: "reservations",
          key: { orderId: "o-1" },
          item: {
            eventId: "e-1",
            customerId: "c-1",
            status: "RESERVED",
            lines: [
              { sku: "a", quantity: 2 },
              { sku: "b", quantity: 3 },
            ],
            reservedAt: "2026-01-02T03:04:05.000Z",
          },
          condition: "attribute_not_exists(orderId)",
          onConditionFailed: "duplicateOfBusinessKey",
          eventIdAttribute: "eventId",
        },
      ],
      increments: [
        { table: "stock", key: { sku: "a" }, attribute: "remaining", by: -2, atLeast: 0 },
        { table: "stock", key: { sku: "b" }, attribute: "remaining", by: -3, atLeast: 0 },
      ],
      publish: [
        {
          topic: "inventory-events",
          key: "o-1",
          event: {
            source: "/inventory",
            type: "com.example.inventory.InventoryReserved.v1",
            data: {
              orderId: "o-1",
              lines: [
                { sku: "a", quantity: 2 },
                { sku: "b", quantity: 3 },
              ],
              reservedAt: new Date("2026-01-02T03:04:05Z"),
            },
          },
        },
      ],
    });
  });

  test("merges lines of one SKU, so that no item is touched twice", async () => {
    const { asked, effects } = decideAbout([line("a", 2), line("b", 1), line("a", 3)], { a: 9, b: 9 });
    const { increments } = await effects;
    expect(asked).toEqual([["a", "b"]]);
    expect(increments?.map(({ key, by }) => [key.sku, by])).toEqual([
      ["a", -5],
      ["b", -1],
    ]);
  });

  test("creates the stock of an unknown SKU, and decides again when it exists meanwhile", async () => {
    const { effects } = decideAbout([line("new", 4)], {});
    const { writes, increments } = await effects;
    expect(increments).toEqual([]);
    expect(writes?.[1]).toEqual({
      action: "put",
      table: "stock",
      key: { sku: "new" },
      item: { initial: 10, remaining: 6 },
      condition: "attribute_not_exists(sku)",
      onConditionFailed: "redecide",
    });
  });

  test.each([
    ["a known SKU", [line("a", 1), line("b", 3)], { a: 9, b: 2 }, "b"],
    ["an unknown SKU", [line("a", 1), line("new", 11)], { a: 9 }, "new"],
    ["lines of one SKU together", [line("a", 5), line("a", 5)], { a: 9 }, "a"],
  ])("too little stock of %s rejects the whole order and leaves the stock alone", async (_name, lines, stock, sku) => {
    const { writes, increments, publish } = await decideAbout(lines, stock).effects;
    expect(increments).toEqual([]);
    expect(writes).toHaveLength(1);
    expect(writes?.[0]).toMatchObject({ item: { status: "REJECTED", reason: `too little stock of ${sku}` } });
    expect(publish).toMatchObject([
      {
        key: "o-1",
        event: {
          type: "com.example.inventory.InventoryRejected.v1",
          data: { orderId: "o-1", reason: `too little stock of ${sku}`, rejectedAt: new Date("2026-01-02T03:04:05Z") },
        },
      },
    ]);
  });

  test("takes the last unit", async () => {
    const { writes } = await decideAbout([line("a", 1), line("new", 10)], { a: 1 }).effects;
    expect(writes?.[0]).toMatchObject({ item: { status: "RESERVED" } });
  });

  test.each([
    ["empty", ""],
    ["longer than a key", "é".repeat(1_025)],
  ])("an SKU that is %s violates the rules, before it spoils the read that orders share", async (_name, sku) => {
    const { asked, effects } = decideAbout([line(sku, 1)], {});
    await expect(effects).rejects.toMatchObject({ code: "RULE_VIOLATED" });
    expect(asked).toEqual([]);
  });

  test.each([0, -1, 1.5])("a quantity of %s violates the rules", async (quantity) => {
    await expect(decideAbout([line("a", quantity)], { a: 5 }).effects).rejects.toMatchObject({ code: "RULE_VIOLATED" });
  });
});
