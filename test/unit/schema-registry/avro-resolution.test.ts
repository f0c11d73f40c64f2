import { describe, expect, test } from "vitest";
import { avro } from "../../../shared/schema-registry/index.ts";
import { framed, reading, written } from "./serdes.ts";

function record(name: string, ...fields: object[]) {
  return { type: "record", name, fields };
}

const schemaMismatch = { code: "SCHEMA_MISMATCH", retriable: false };

/** Writes the data with one schema and reads it with another. */
async function resolved(writer: object, data: unknown, reader: object): Promise<unknown> {
  return reading(avro(reader), avro(writer))(await written(avro(writer), data));
}

describe("names are compared without their namespaces", () => {
  const nested = (namespace: string) => ({
    namespace,
    ...record(
      "Order",
      { name: "line", type: record("Line", { name: "sku", type: "string" }) },
      { name: "kind", type: { type: "enum", name: "Kind", symbols: ["A", "B"] } },
      { name: "seal", type: { type: "fixed", name: "Seal", size: 2 } },
      { name: "next", type: ["null", "Order"] },
    ),
  });

  test("of records, enums and fixed, nested ones and recursive ones too", async () => {
    const order = { line: { sku: "a" }, kind: "B", seal: Buffer.from("ab"), next: null };
    const orders = { ...order, next: order };
    expect(await resolved(nested("com.a"), orders, nested("com.b"))).toEqual(orders);
  });

  test("aliases of names and fields work, with and without a namespace", async () => {
    const writer = { ...record("Old", { name: "count", type: "int" }), namespace: "com.a" };
    for (const aliases of [["com.a.Old"], ["Old"]]) {
      const field = { name: "size", type: "int", aliases: ["count"] };
      const reader = { ...record("New", field), namespace: "com.b", aliases };
      expect(await resolved(writer, { count: 7 }, reader)).toEqual({ size: 7 });
    }
  });

  test("other names stay SCHEMA_MISMATCH", async () => {
    await expect(
      resolved({ ...record("A"), namespace: "x" }, {}, { ...record("B"), namespace: "x" }),
    ).rejects.toMatchObject(schemaMismatch);
  });

  test("types of a union that differ by their namespace alone are not mixed up", async () => {
    const field = { name: "n", type: "int" };
    const union = [
      { ...record("X", field), namespace: "com.a" },
      { ...record("X", field), namespace: "com.b" },
    ];
    const event = record("Event", { name: "x", type: union });
    const data = { x: { "com.b.X": { n: 1 } } };
    expect(await resolved(event, data, event)).toEqual(data);
  });
});

describe("an enum of the writer with a symbol more", () => {
  const kind = (symbols: readonly string[], more: object = {}) =>
    record("Event", { name: "kind", type: { type: "enum", name: "Kind", symbols, ...more } });
  const writer = kind(["C", "B", "A"]);

  test("is read where the symbol is known", async () => {
    for (const symbol of ["A", "B"]) {
      expect(await resolved(writer, { kind: symbol }, kind(["A", "B"]))).toEqual({ kind: symbol });
    }
  });

  test("is the reader's default where it is not, or MALFORMED_PAYLOAD without one", async () => {
    expect(await resolved(writer, { kind: "C" }, kind(["A", "B"], { default: "B" }))).toEqual({ kind: "B" });
    await expect(resolved(writer, { kind: "C" }, kind(["A", "B"]))).rejects.toMatchObject({
      code: "MALFORMED_PAYLOAD",
      cause: { message: "enum Kind: must be one of A, B, got C" },
    });
  });

  test.each([
    ["no symbol in common", kind(["X", "Y"])],
    ["another name", kind(["A", "B"], { name: "Other" })],
    ["a text", record("Event", { name: "kind", type: "string" })],
  ])("is SCHEMA_MISMATCH for %s", async (_, reader) => {
    await expect(resolved(writer, { kind: "A" }, reader)).rejects.toMatchObject(schemaMismatch);
  });

  test.each([
    [3, 6],
    [-1, 1],
  ])("gives no symbol for the index %s, which the writer does not have", async (index, byte) => {
    await expect(reading(avro(kind(["A", "B"])), avro(writer))(framed([byte]))).rejects.toMatchObject({
      code: "MALFORMED_PAYLOAD",
      cause: { message: `enum Kind: must be one of C, B, A, got the index ${index}` },
    });
  });
});

test.each([
  ["one type of it", "int"],
  ["some types of it", ["null", "int"]],
])("a union of the writer is SCHEMA_MISMATCH for a reader of %s, whatever was written", async (_, type) => {
  const event = (field: unknown) => record("Event", { name: "field", type: field });
  const read = resolved(event(["null", "int", "string"]), { field: 1 }, event(type));
  await expect(read).rejects.toMatchObject(schemaMismatch);
});
