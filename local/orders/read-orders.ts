import { parse } from "csv-parse/sync";
import { DateTime } from "luxon";
import { BackboneError } from "../../shared/errors.ts";
import { readTextFile } from "../command-line/text-file.ts";

/** The columns that are read; others (Description, Country) may be there. */
export const requiredColumns = [
  "InvoiceNo",
  "StockCode",
  "Quantity",
  "InvoiceDate",
  "UnitPrice",
  "CustomerID",
] as const;

type Column = (typeof requiredColumns)[number];
type Row = Readonly<Partial<Record<Column, string>>>;

/**
 * The body of one POST /orders. A value that does not parse stands as it was in the file: whether it is an order is
 * for the service to say.
 */
export interface OrderBody {
  readonly orderId: string;
  readonly customerId: string | readonly string[];
  readonly totalAmount: number | string;
  readonly createdAt: string;
  readonly lines: readonly OrderBodyLine[];
}

export interface OrderBodyLine {
  readonly sku: string;
  readonly quantity: number | string;
  readonly unitPrice: number | string;
}

/**
 * Reads order lines from a CSV file: one order for each InvoiceNo over the whole file, in the order of first
 * appearance, with the earliest of its dates and its lines summed per SKU.
 * @throws BackboneError INVALID_OPTIONS for a file that is missing, empty, malformed or without the columns
 */
export function readOrders(file: string): OrderBody[] {
  const byInvoice = Map.groupBy(readRows(file), (row) => row.InvoiceNo ?? "");
  return [...byInvoice].map(([orderId, rows]) => toOrder(orderId, rows));
}

function readRows(file: string): Row[] {
  const text = readTextFile(file, "the orders file");
  if (text.trim() === "") throw new BackboneError("INVALID_OPTIONS", `orders file ${file}: it is empty`);
  let rows: Row[];
  try {
    rows = parse(text, {
      bom: true,
      columns: (header: string[]) => checkColumns(file, header),
      skip_empty_lines: true,
      // A line with a field too few or too many is dirt like any other: what it lacks, the service refuses.
      relax_column_count: true,
    });
  } catch (error) {
    if (error instanceof BackboneError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new BackboneError("INVALID_OPTIONS", `orders file ${file}: it is no CSV: ${reason}`, { cause: error });
  }
  if (rows.length === 0)
    throw new BackboneError("INVALID_OPTIONS", `orders file ${file}: it has a header and no order lines`);
  return rows;
}

function checkColumns(file: string, header: string[]): string[] {
  const names = header.map((name) => name.trim());
  const missing = requiredColumns.filter((column) => !names.includes(column));
  if (missing.length > 0)
    throw new BackboneError(
      "INVALID_OPTIONS",
      `orders file ${file}: columns missing: ${missing.join(", ")}; needed: ${requiredColumns.join(", ")}; its first line has: ${names.join(", ").slice(0, 200)}`,
    );
  return names;
}

function toOrder(orderId: string, rows: readonly Row[]): OrderBody {
  const lines = rows.map((row) => ({
    sku: row.StockCode ?? "",
    quantity: numberOrText(row.Quantity),
    unitPrice: numberOrText(row.UnitPrice),
  }));
  return {
    orderId,
    customerId: customerOf(rows),
    totalAmount: totalOf(lines),
    createdAt: earliest(rows.map((row) => row.InvoiceDate ?? "")),
    lines: sumPerSku(lines),
  };
}

/** One customer an order: a row without one makes the order one without, several stand as the list that they are. */
function customerOf(rows: readonly Row[]): string | readonly string[] {
  const customers = [...new Set(rows.map((row) => (row.CustomerID ?? "").trim()))];
  if (customers.includes("")) return "";
  return customers.length === 1 ? (customers[0] ?? "") : customers;
}

/** Decimal digits with an optional sign and fraction; anything else stays text. */
function numberOrText(text = ""): number | string {
  return /^-?\d+(\.\d+)?$/.test(text.trim()) ? Number(text) : text;
}

/** Σ quantity × price, to a hundredth of a penny: double sums of prices otherwise end in …0000001. */
function totalOf(lines: readonly OrderBodyLine[]): number | string {
  const text = lines
    .flatMap(({ quantity, unitPrice }) => [quantity, unitPrice])
    .find((value) => typeof value === "string");
  if (text !== undefined) return text;
  return rounded(lines.reduce((sum, { quantity, unitPrice }) => sum + Number(quantity) * Number(unitPrice), 0));
}

/**
 * One line a SKU: quantities summed, the unit price their weighted mean. Only good lines are summed; a bad one
 * (quantity not a positive integer, price negative, either not a number) stands by itself, since a sum could hide it.
 */
function sumPerSku(lines: readonly OrderBodyLine[]): OrderBodyLine[] {
  const isGood = ({ quantity, unitPrice }: OrderBodyLine) =>
    Number.isInteger(quantity) && Number(quantity) > 0 && typeof unitPrice === "number" && unitPrice >= 0;
  const summed = [...Map.groupBy(lines.filter(isGood), ({ sku }) => sku)].map(([sku, same]) => {
    const quantity = same.reduce((sum, line) => sum + Number(line.quantity), 0);
    const amount = same.reduce((sum, line) => sum + Number(line.quantity) * Number(line.unitPrice), 0);
    return { sku, quantity, unitPrice: rounded(amount / quantity) };
  });
  return [...summed, ...lines.filter((line) => !isGood(line))];
}

function rounded(amount: number): number {
  return Math.round(amount * 10_000) / 10_000;
}

/** Both forms of the data set, in UK time. */
const dateFormats = ["L/d/yyyy H:mm", "L/d/yy H:mm"] as const;

/** The earliest instant as ISO 8601 in UTC; the first text that is no date stands as it is. */
function earliest(texts: readonly string[]): string {
  const instants: DateTime[] = [];
  for (const text of new Set(texts)) {
    const instant = dateFormats
      .map((format) => DateTime.fromFormat(text.trim(), format, { zone: "Europe/London" }))
      .find(({ isValid }) => isValid);
    if (instant === undefined) return text;
    instants.push(instant);
  }
  return (
    DateTime.min(...instants)
      ?.toUTC()
      .toISO({ suppressMilliseconds: true }) ?? ""
  );
}
