import { describe, expect, test } from "vitest";
import { avro } from "../../../shared/schema-registry/index.ts";
import { framed, reading, written } from "./serdes.ts";

const decimal = (scale: number, precision = 6) => ({ type: "bytes", logicalType: "decimal", precision, scale });
const date = { type: "int", logicalType: "date" };
const uuid = { type: "string", logicalType: "uuid" };
const uuidBytes = { type: "fixed", name: "Id", size: 16, logicalType: "uuid" };
const time = { type: "long", logicalType: "timestamp-millis" };
const long = (logicalType: string) => ({ type: "long", logicalType });
const int = (logicalType: string) => ({ type: "int", logicalType });
const id = "36c0b458-c168-5726-9fbf-8427a5325395";

test.each([
  [decimal(2), "12.50"],
  [decimal(2), "-0.01"],
  [decimal(2), "0.00"],
  [decimal(0), "-128"],
  [decimal(0), "128"],
  [decimal(6), "0.000001"],
  [decimal(2, 30), "-1234567890123456789012345678.99"],
  [{ ...decimal(2), type: "fixed", name: "Amount", size: 8 }, "-9999.99"],
  [{ ...decimal(2), type: "fixed", name: "Amount", size: 8 }, "9999.99"],
  [date, "2026-02-28"],
  [date, "1969-12-31"],
  [date, "0001-01-01"],
  [uuid, id],
  [uuidBytes, id],
  [time, new Date(-1)],
  [["null", decimal(2)], "1.20"],
  [{ type: "array", items: date }, ["2026-02-28", "9999-12-31"]],
])("%o: %s comes back", async (schema, data) => {
  const format = avro({ type: "record", name: "A", fields: [{ name: "a", type: schema }] });
  expect(await reading(format)(await written(format, { a: data }))).toEqual({ a: data });
});

test("a decimal is written with the digits of its scale", async () => {
  expect(await reading(avro(decimal(2)))(await written(avro(decimal(2)), "12"))).toBe("12.00");
});

test.each([
  [decimal(2), "12.505"],
  [decimal(2), "12345.00"],
  [decimal(2), "1e2"],
  [decimal(2), 12.5],
  [decimal(2), "9".repeat(1_000)],
  [{ ...decimal(2, 20), type: "fixed", name: "Amount", size: 1 }, "99.99"],
  [date, "2026-02-30"],
  [date, "2026-2-3"],
  [date, new Date(0)],
  [uuid, "no uuid"],
  [uuidBytes, Buffer.alloc(16)],
  [time, "2026-01-01T00:00:00Z"],
  [time, new Date(Number.NaN)],
  ["long", 2 ** 53],
])("%o does not take %s: SCHEMA_MISMATCH", async (schema, data) => {
  const type = typeof schema === "string" ? { type: schema } : schema;
  await expect(written(avro(type), data)).rejects.toMatchObject({ code: "SCHEMA_MISMATCH" });
});

test.each([
  ["a decimal with more digits than its precision", decimal(2), [6, 0x0f, 0x42, 0x40]],
  ["a decimal with an endless number of bytes", decimal(2), [20, ...Array(10).fill(1)]],
  ["a date beyond the year 9999", date, [0xfe, 0xff, 0xff, 0xff, 0x0f]],
  ["a uuid that is none", uuid, [2, 65]],
])("%s is MALFORMED_PAYLOAD", async (_, schema, body) => {
  await expect(reading(avro(schema))(framed(body))).rejects.toMatchObject({ code: "MALFORMED_PAYLOAD" });
});

describe("resolution", () => {
  test("a plain value is read as the reader's logical type, and the other way round", async () => {
    const plain = avro({ type: "bytes" });
    expect(await reading(avro(decimal(2)), plain)(framed([4, 4, 210]))).toBe("12.34");
    expect(await reading(plain, avro(decimal(2)))(framed([4, 4, 210]))).toEqual(Buffer.from([4, 210]));
    expect(await reading(avro(date), avro({ type: "int" }))(framed([2]))).toBe("1970-01-02");
    expect(await reading(avro(uuid), avro({ type: "string" }))(framed([72, ...Buffer.from(id)]))).toBe(id);
  });

  test("microseconds are read as the plain number that they are", async () => {
    const micros = avro({ type: "long", logicalType: "timestamp-micros" });
    expect(await reading(micros)(framed([4]))).toBe(2);
    expect(await reading(avro({ type: "double" }), micros)(framed([4]))).toBe(2);
    expect(
      await reading(
        avro({ type: "array", items: ["null", "long"] }),
        avro({ type: "array", items: ["null", { type: "long", logicalType: "timestamp-micros" }] }),
      )(framed([2, 2, 4, 0])),
    ).toEqual([2]);
  });

  test.each([
    ["microseconds for a plain number", { type: "long" }, long("timestamp-micros"), 2],
    ["a plain number for microseconds", long("timestamp-micros"), { type: "int" }, 2],
    ["microseconds for microseconds", long("timestamp-micros"), long("timestamp-micros"), 2],
    ["local microseconds for microseconds", long("timestamp-micros"), long("local-timestamp-micros"), 2],
    ["local milliseconds for milliseconds", time, long("local-timestamp-millis"), new Date(2)],
    ["a time of day for one", int("time-millis"), int("time-millis"), 2],
    ["a date for a date", date, date, "1970-01-03"],
  ])("%s is read", async (_, reader, writer, data) => {
    expect(await reading(avro(reader), avro(writer))(framed([4]))).toEqual(data);
  });

  test.each([
    ["another scale", decimal(3), decimal(2)],
    ["more digits than the reader allows", decimal(2, 4), decimal(2, 6)],
    ["microseconds for a time in milliseconds", time, { type: "long", logicalType: "timestamp-micros" }],
    ["nanoseconds for a time in milliseconds", time, { type: "long", logicalType: "timestamp-nanos" }],
    ["a time of day for a date", date, { type: "int", logicalType: "time-millis" }],
    ["milliseconds for a time in microseconds", long("timestamp-micros"), time],
    ["milliseconds for a time in nanoseconds", long("timestamp-nanos"), time],
    ["microseconds for a time in nanoseconds", long("timestamp-nanos"), long("timestamp-micros")],
    ["nanoseconds for a local time in microseconds", long("local-timestamp-micros"), long("timestamp-nanos")],
    ["a time of day in milliseconds for one in microseconds", long("time-micros"), int("time-millis")],
    ["a time of day for a time", long("timestamp-micros"), long("time-micros")],
    ["a date for a time in milliseconds", time, date],
    ["a date for a time of day", int("time-millis"), date],
    ["milliseconds in a union, for microseconds", ["null", long("timestamp-micros")], ["null", time]],
    ["a text for a date", date, { type: "string" }],
    ["bytes of another size for a uuid", uuidBytes, { type: "fixed", name: "Id", size: 8 }],
  ])("%s is SCHEMA_MISMATCH", async (_, reader, writer) => {
    const fieldOf = (type: unknown) => avro({ type: "record", name: "A", fields: [{ name: "a", type }] });
    await expect(reading(fieldOf(reader), fieldOf(writer))(framed([0]))).rejects.toMatchObject({
      code: "SCHEMA_MISMATCH",
    });
  });
});

test.each([
  ["a decimal without a precision", { type: "bytes", logicalType: "decimal" }],
  ["a scale greater than the precision", decimal(7, 6)],
  ["a decimal of a text", { ...decimal(2), type: "string" }],
  ["a uuid of 8 bytes", { ...uuidBytes, size: 8 }],
])("%s is INVALID_OPTIONS", async (_, schema) => {
  await expect(avro(schema).load()).rejects.toMatchObject({ code: "INVALID_OPTIONS" });
});
