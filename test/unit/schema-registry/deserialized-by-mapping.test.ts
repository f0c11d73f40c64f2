import { describe, expect, test } from "vitest";
import { avro, jsonSchema, protobuf } from "../../../shared/schema-registry/index.ts";
import { framed, reading, written } from "./serdes.ts";

const headBytes = 5;
const metadata = (dataFormat: "AVRO" | "JSON" | "PROTOBUF", schemaId = "42") => ({ schemaId, dataFormat });
const json = (value: unknown) => Buffer.from(JSON.stringify(value));

const order = { orderId: "536365", units: 6 };
const formats = {
  AVRO: avro({
    type: "record",
    name: "Order",
    fields: [
      { name: "orderId", type: "string" },
      { name: "units", type: "int" },
    ],
  }),
  JSON: await jsonSchema({ type: "object", required: ["orderId", "units"] }),
  PROTOBUF: await protobuf(
    'syntax = "proto3"; message First {} message Order { string order_id = 1; int32 units = 2; }',
    "Order",
  ),
} as const;

describe.each(Object.entries(formats))("%s", (_, format) => {
  const valueSchema = metadata(format.schemaType);

  test("SOURCE is the value without the head of the wire format; a protobuf's message indexes stay", async () => {
    const value = await written(format, order);
    expect(await reading(format, format, "SOURCE")(value.subarray(headBytes), valueSchema)).toEqual(order);
  });

  test("JSON is read without the registry", async () => {
    expect(await reading(format, { ...format, schema: "unused" }, "JSON")(json(order), valueSchema)).toEqual(order);
  });

  test("a value that the mapping has left alone is read as ever", async () => {
    expect(await reading(format, format, "SOURCE")(await written(format, order))).toEqual(order);
  });

  test.each(["SOURCE", "JSON"] as const)("%s that does not fit is MALFORMED_PAYLOAD", async (eventRecordFormat) => {
    const read = reading(format, format, eventRecordFormat);
    await expect(read(Buffer.from([0xff, 0xff]), valueSchema)).rejects.toMatchObject({ code: "MALFORMED_PAYLOAD" });
    await expect(read(Buffer.from('["x"]'), valueSchema)).rejects.toMatchObject({ code: "MALFORMED_PAYLOAD" });
  });

  test("a mapping that deserializes, unknown to the options, is INVALID_OPTIONS", async () => {
    await expect(reading(format)(json(order), valueSchema)).rejects.toMatchObject({ code: "INVALID_OPTIONS" });
  });

  test("another format than the reader's is SCHEMA_MISMATCH", async () => {
    const other = metadata(format.schemaType === "AVRO" ? "JSON" : "AVRO");
    await expect(reading(format, format, "JSON")(json(order), other)).rejects.toMatchObject({
      code: "SCHEMA_MISMATCH",
    });
  });
});

test("JSON that is no such protobuf message: the error says where, and holds nothing of what is there", async () => {
  const read = reading(formats.PROTOBUF, formats.PROTOBUF, "JSON");
  const error: unknown = await read(json({ units: "secret" }), metadata("PROTOBUF")).catch((thrown) => thrown);
  expect(error).toMatchObject({
    code: "MALFORMED_PAYLOAD",
    message: "value of event does not fit its schema (id 42): Order.units: invalid integer",
  });
  expect(error).not.toHaveProperty("cause");
});

test("SOURCE of a registry whose ids are none of the Confluent API is INVALID_OPTIONS", async () => {
  const glue = metadata("AVRO", "8f0a9e3d-7a4f-4f0c-9d57-0e2a1a3f9c11");
  const read = reading(formats.AVRO, formats.AVRO, "SOURCE");
  await expect(read(framed([]), glue)).rejects.toMatchObject({
    code: "INVALID_OPTIONS",
    message: expect.stringContaining("of one of AWS Glue, EventRecordFormat must be JSON"),
  });
  expect(await reading(formats.AVRO, formats.AVRO, "JSON")(json(order), glue)).toEqual(order);
});

describe("Avro out of JSON", () => {
  const read = (fields: object[], value: unknown) => {
    const format = avro({ type: "record", name: "A", fields });
    return reading(format, format, "JSON")(json(value), metadata("AVRO"));
  };
  const named = { type: "record", name: "B", fields: [{ name: "b", type: "long" }] };

  test.each([
    ["a bare union member", ["null", "string"], "x", "x"],
    ["a wrapped union member", ["null", "string"], { string: "x" }, "x"],
    ["a null of a union", ["null", "string"], null, null],
    ["a bare record of a union", ["null", named], { b: 1 }, { b: 1 }],
    ["a wrapped record of a union", ["null", named], { B: { b: 1 } }, { b: 1 }],
    ["a union of types that look alike, which stay wrapped", ["int", "double"], 1.5, { double: 1.5 }],
    ["a map", { type: "map", values: "int" }, { x: 1 }, { x: 1 }],
    ["an array", { type: "array", items: "boolean" }, [true], [true]],
    ["bytes", "bytes", "\u00ff\u0001", Buffer.from([255, 1])],
    ["a fixed", { type: "fixed", name: "F", size: 2 }, "ab", Buffer.from("ab")],
    ["an enum", { type: "enum", name: "E", symbols: ["X", "Y"] }, "Y", "Y"],
    ["a time", { type: "long", logicalType: "timestamp-millis" }, 5, new Date(5)],
    ["a date", { type: "int", logicalType: "date" }, 1, "1970-01-02"],
    ["a decimal", { type: "bytes", logicalType: "decimal", precision: 4, scale: 2 }, "\u0004\u00d2", "12.34"],
  ])("%s", async (_, type, value, expected) => {
    expect(await read([{ name: "a", type }], { a: value, unknown: 1 })).toEqual({ a: expected });
  });

  test("members of a union that look alike at every level are told apart in no time, whether they fit or not", async () => {
    const next = (...members: unknown[]) => ({ name: "next", type: ["null", ...members] });
    const odd = { type: "record", name: "Odd", fields: [next("Even", "Odd"), { name: "isOdd", type: "boolean" }] };
    const even = { type: "record", name: "Even", fields: [next("Even", odd), { name: "isEven", type: "boolean" }] };
    const nested = (innermost: unknown) =>
      Array(60)
        .fill({ isOdd: true })
        .reduce((inner, outer) => ({ next: inner, ...outer }), innermost);
    const start = (next: unknown) => ({ a: { next, isEven: true } });
    const fields = [{ name: "a", type: even }];
    expect(await read(fields, start(nested(null)))).toMatchObject({ a: { next: { Odd: { isOdd: true } } } });
    await expect(read(fields, start(nested(5)))).rejects.toMatchObject({ code: "MALFORMED_PAYLOAD" });
  });

  test("an absent field has its default", async () => {
    expect(await read([{ name: "a", type: ["null", "int"], default: null }], {})).toEqual({ a: null });
  });

  test.each([
    ["an absent field without a default", "int", undefined],
    ["a number for a text", "string", 5],
    ["a fraction for an int", "int", 1.5],
    ["an unknown symbol", { type: "enum", name: "E", symbols: ["X"] }, "Z"],
    ["a fixed of another size", { type: "fixed", name: "F", size: 2 }, "abc"],
    ["bytes beyond one byte a character", "bytes", "€"],
    ["no member of the union", ["null", "string"], 5],
    ["an object for an array", { type: "array", items: "int" }, {}],
    ["an array for a map", { type: "map", values: "int" }, []],
    ["null for a record", named, null],
  ])("%s is MALFORMED_PAYLOAD", async (_, type, value) => {
    await expect(read([{ name: "a", type }], { a: value })).rejects.toMatchObject({ code: "MALFORMED_PAYLOAD" });
  });
});
