import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readOrders } from "../../../../local/orders/read-orders.ts";

const header = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country";

function fileOf(...lines: string[]): string {
  const file = join(mkdtempSync(join(tmpdir(), "orders-")), "orders.csv");
  writeFileSync(file, lines.join("\n"));
  return file;
}

const ordersOf = (...lines: string[]) => readOrders(fileOf(header, ...lines));

describe("readOrders", () => {
  it("groups the lines of an invoice over the whole file, in the order of first appearance", () => {
    const orders = ordersOf(
      "1,A,,1,3/26/2026 9:15,2.00,C,UK",
      "2,A,,1,3/26/2026 9:15,2.00,C,UK",
      "1,B,,1,3/26/2026 9:15,2.00,C,UK",
    );
    expect(orders.map(({ orderId, lines }) => [orderId, lines.map(({ sku }) => sku)])).toEqual([
      ["1", ["A", "B"]],
      ["2", ["A"]],
    ]);
  });

  it("sums lines of one SKU, with the mean price, and totals quantity × price", () => {
    const [order] = ordersOf("1,A,,6,3/26/2026 9:15,5.45,C,UK", "1,A,,4,3/26/2026 9:15,6.35,C,UK");
    expect(order).toMatchObject({ totalAmount: 58.1, lines: [{ sku: "A", quantity: 10, unitPrice: 5.81 }] });
  });

  it.each([
    ["four-digit years in winter", "12/1/2010 8:26", "2010-12-01T08:26:00Z"],
    ["two-digit years in winter", "12/1/10 8:26", "2010-12-01T08:26:00Z"],
    ["British summer time", "6/15/2011 14:45", "2011-06-15T13:45:00Z"],
  ])("reads dates in London's time: %s", (_, date, instant) => {
    expect(ordersOf(`1,A,,1,${date},1,C,UK`)[0]?.createdAt).toBe(instant);
  });

  it("takes the earliest of an invoice's dates", () => {
    const [order] = ordersOf("1,A,,1,3/26/2026 9:41,1,C,UK", "1,B,,1,3/26/2026 9:40,1,C,UK");
    expect(order?.createdAt).toBe("2026-03-26T09:40:00Z");
  });

  it("keeps a bad line beside the sum of the good ones, which would hide it", () => {
    const [order] = ordersOf(
      "1,A,,5,3/26/2026 9:15,1,C,UK",
      "1,A,,-1,3/26/2026 9:15,1,C,UK",
      "1,A,,2,3/26/2026 9:15,1,C,UK",
    );
    expect(order?.lines.map(({ quantity }) => quantity)).toEqual([7, -1]);
  });

  it("posts what does not parse as it stands", () => {
    const [order] = ordersOf("1,A,,two,27.03.2026 10:00,£3,C,UK");
    expect(order).toEqual({
      orderId: "1",
      customerId: "C",
      totalAmount: "two",
      createdAt: "27.03.2026 10:00",
      lines: [{ sku: "A", quantity: "two", unitPrice: "£3" }],
    });
  });

  it("gives an order no customer when one of its rows has none, and a list when they differ", () => {
    const row = (customer: string) => `1,A,,1,3/26/2026 9:15,1,${customer},UK`;
    expect(ordersOf(row("C"), row(""))[0]?.customerId).toBe("");
    expect(ordersOf(row("C"), row("D"))[0]?.customerId).toEqual(["C", "D"]);
  });

  it("reads quotes, a byte order mark and rows that are too short", () => {
    const file = fileOf(`\ufeff${header}`, '1,A,"CHARLIE ""X"", SIGN",1,3/26/2026 9:15,1,C,UK', "2,A");
    expect(readOrders(file)).toMatchObject([{ orderId: "1" }, { orderId: "2", customerId: "", totalAmount: "" }]);
  });

  it.each([
    ["missing", () => "/nowhere/orders.csv", /there is no such file/],
    ["a folder", () => tmpdir(), /it is a folder/],
    ["empty", () => fileOf(""), /it is empty/],
    ["without lines", () => fileOf(header), /a header and no order lines/],
    ["without columns", () => fileOf("InvoiceNo,Price", "1,2"), /columns missing: StockCode, Quantity/],
    ["no CSV", () => fileOf(header, '1,"A,,1'), /it is no CSV/],
  ])("refuses a file that is %s, naming it and what is wrong", (_, file, message) => {
    expect(() => readOrders(file())).toThrow(message);
  });
});
