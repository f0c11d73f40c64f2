import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { realOrders, repeated, writtenOrders } from "../../../bench/exactly-once/workloads/orders.ts";

const header = "InvoiceNo,StockCode,Quantity,InvoiceDate,UnitPrice,CustomerID";
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "orders-workload-"));
});

describe("writtenOrders", () => {
  it("reads the orders that the order-service would accept", () => {
    const orders = writtenOrders(file(["1,A,2,3/26/2026 9:15,4.5,C-1", "2,A,-2,3/26/2026 9:15,4.5,C-1"]));
    expect(orders).toEqual([
      {
        orderId: "1",
        customerId: "C-1",
        totalAmount: 9,
        createdAt: Date.UTC(2026, 2, 26, 9, 15),
        lines: [{ sku: "A", quantity: 2, unitPrice: 4.5 }],
      },
    ]);
  });

  it("leaves out an order of more SKUs than fit a transaction", () => {
    const line = (order: number, sku: number) => `${order},S${sku},1,3/26/2026 9:15,1,C-1`;
    const most = Array.from({ length: 98 }, (_, sku) => line(1, sku));
    const tooMany = Array.from({ length: 99 }, (_, sku) => line(2, sku));
    expect(writtenOrders(file([...most, ...tooMany])).map(({ orderId }) => orderId)).toEqual(["1"]);
  });

  it("refuses a file without a valid order", () => {
    const path = file(["1,A,0,3/26/2026 9:15,4.5,C-1"]);
    expect(() => writtenOrders(path)).toThrow(`orders file ${path}: no valid order of at most 98 SKUs is in it`);
  });
});

describe("realOrders", () => {
  it("goes on where the last round ended, and repeats the file under other order ids", () => {
    const lines = ["1", "2", "3"].map((id) => `${id},A,1,3/26/2026 9:15,4.5,C-1`);
    const { ordersOf } = realOrders(file(lines), 2);
    const ids = (round: number, records: number) => ordersOf(round, records).map(({ orderId }) => orderId);
    expect([ids(0, 2), ids(1, 2), ids(2, 2)]).toEqual([
      ["1", "2"],
      ["3", "1-1"],
      ["2-1", "3-1"],
    ]);
    expect(ids(1, 1)).toEqual(["3"]);
  });
});

describe("repeated", () => {
  it("refuses to repeat nothing", () => {
    expect(() => repeated([], 0)).toThrow("there is no order to repeat");
  });
});

function file(lines: readonly string[]): string {
  const path = join(folder, "orders.csv");
  writeFileSync(path, [header, ...lines].join("\n"));
  return path;
}
