import { describe, expect, test } from "vitest";
import { avro } from "../../../shared/schema-registry/index.ts";
import { framed, reading, written } from "./serdes.ts";

const fieldOf = (type: unknown) => ({ type: "record", name: "Event", fields: [{ name: "field", type }] });
const longText = Buffer.from([...Buffer.alloc(69, "a"), 0xff]);
const int33Bits = [0x80, 0x80, 0x80, 0x80, 0x10];

describe("bytes that are no value of their type are MALFORMED_PAYLOAD", () => {
  test.each([
    ["a text that is not UTF-8", "string", [4, 0xff, 0xfe]],
    ["a long text that is not UTF-8", "string", [140, 1, ...longText]],
    ["half of a surrogate pair", "string", [6, 0xed, 0xa0, 0x80]],
    ["a key that is not UTF-8", { type: "map", values: "int" }, [2, 2, 0xff, 2, 0]],
    ["a text in a list that is not UTF-8", { type: "array", items: ["null", "string"] }, [2, 2, 2, 0xff, 0]],
    ["a text with a logical type that is not converted", { type: "string", logicalType: "other" }, [2, 0xff]],
    ["a boolean of 5", "boolean", [5]],
    ["a boolean of 255", "boolean", [0xff]],
    ["an int of 33 bits", "int", int33Bits],
    ["an int of 64 bits", "int", [...Array(9).fill(0xff), 1]],
  ])("%s", async (_, type, body) => {
    await expect(reading(avro(fieldOf(type)))(framed(body))).rejects.toMatchObject({
      code: "MALFORMED_PAYLOAD",
      retriable: false,
    });
  });

  test.each([
    ["an int that is read as a long", "long", "int", int33Bits],
    ["an int that is read as a double", "double", "int", int33Bits],
    ["bytes that are read as a text", "string", "bytes", [2, 0xff]],
  ])("%s", async (_, reader, writer, body) => {
    const read = reading(avro(fieldOf(reader)), avro(fieldOf(writer)))(framed(body));
    await expect(read).rejects.toMatchObject({ code: "MALFORMED_PAYLOAD" });
  });
});

test.each([
  ["a replacement character", "string", "a\ufffdb"],
  ["characters of one to four bytes", "string", "aé€🎉"],
  ["the greatest int", "int", 2 ** 31 - 1],
  ["the least int", "int", -(2 ** 31)],
  ["true", "boolean", true],
  ["false", "boolean", false],
  ["infinity as a float", "float", Number.NEGATIVE_INFINITY],
  ["the greatest float", "float", 3.4028234663852886e38],
  ["a map without a prototype", { type: "map", values: "int" }, Object.assign(Object.create(null), { a: 1 })],
  ["a key with a replacement character", { type: "map", values: "int" }, { "\ufffd": 1 }],
])("%s comes back as it was", async (_, type, field) => {
  const event = avro(fieldOf(type));
  expect(await reading(event)(await written(event, { field }))).toEqual({ field });
});

describe("data that would be written as something else is SCHEMA_MISMATCH and names the place", () => {
  const address = { type: "record", name: "Address", fields: [{ name: "city", type: "string", default: "" }] };
  const order = avro({
    type: "record",
    name: "Order",
    fields: [
      { name: "customerId", type: ["null", "string"], default: null },
      { name: "addresses", type: { type: "array", items: address }, default: [] },
      { name: "ratio", type: "float", default: 0 },
      { name: "counts", type: { type: "map", values: "int" }, default: {} },
      { name: "size", type: { type: "enum", name: "Size", symbols: ["S", "M"] }, default: "S" },
      { name: "fit", type: ["null", "Size"], default: null },
    ],
  });

  test.each([
    ["a member that is no field", { customerID: "ada" }, "customerID (no such field)"],
    ["one that is inherited by every object", { constructor: 1 }, "constructor (no such field)"],
    ["one within", { addresses: [{}, { town: "x" }] }, "addresses.1.town (no such field)"],
    ["an array", [], "(whole) (must be record Order)"],
    ["an array within", { addresses: [["x"]] }, "addresses.0 (must be record Address)"],
    ["a Map", new Map([["customerId", "ada"]]), "(whole) (must be record Order)"],
    ["half of a surrogate pair", { customerId: "a\ud800" }, "customerId (must be string)"],
    ["half of a surrogate pair in a key", { counts: { "\udc00": 1 } }, "counts (must be map)"],
    ["a Map for a map", { counts: new Map([["a", 1]]) }, "counts (must be map)"],
    ["a Set for a map", { counts: new Set([1]) }, "counts (must be map)"],
    ["a Date for a map", { counts: new Date(0) }, "counts (must be map)"],
    [
      "a wrong value in a map, whose key is data",
      { counts: { a: 1, "m.ada@example.com": "1" } },
      "counts.* (must be int)",
    ],
    ["a number for a text that may be null", { customerId: 7 }, "customerId (must be null or string)"],
    ["a list for a map", { counts: [1] }, "counts (must be map)"],
    ["a number beyond a float", { ratio: 1e300 }, "ratio (must be float)"],
    ["a member of every object for a symbol", { size: "toString" }, "size (must be enum Size)"],
    ["the constructor of every object for a symbol", { size: "constructor" }, "size (must be enum Size)"],
    ["the prototype of every object for a symbol", { size: "__proto__" }, "size (must be enum Size)"],
    ["a list of a symbol", { size: ["M"] }, "size (must be enum Size)"],
    ["a member of every object for a symbol of a union", { fit: "toString" }, "fit (must be enum Size)"],
  ])("%s", async (_, data, place) => {
    await expect(written(order, data)).rejects.toMatchObject({
      code: "SCHEMA_MISMATCH",
      message: `data of event does not fit its schema: ${place}`,
    });
  });

  test("of very many places, the first are named", async () => {
    const members = Array.from({ length: 1_000 }, (_, index) => [`member${index}`, 1]);
    const error: Error = await written(order, Object.fromEntries(members)).catch((thrown) => thrown);
    expect(error.message).toMatch(/: member0 \(no such field\), member1 .*…$/);
    expect(error.message.length).toBeLessThan(600);
  });

  test("a member that is undefined is none", async () => {
    expect(await written(order, { customerID: undefined })).toEqual(await written(order, {}));
  });
});
