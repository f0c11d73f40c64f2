import { describe, expect, test } from "vitest";
import { jsonSchema } from "../../../shared/schema-registry/index.ts";
import { framed, reading, written } from "./serdes.ts";

const schema = {
  title: "Order",
  type: "object",
  required: ["orderId"],
  additionalProperties: false,
  properties: {
    orderId: { type: "string" },
    placedAt: { type: "string", format: "date-time" },
    lines: { type: "array", items: { $ref: "#/definitions/line" } },
  },
  definitions: { line: { type: "object", properties: { quantity: { type: "integer", minimum: 1 } } } },
};
const order = { orderId: "Café 🎉", placedAt: "2026-01-01T00:00:00Z", lines: [{ quantity: 6 }] };

describe.each([
  [undefined],
  ["http://json-schema.org/draft-07/schema#"],
  ["https://json-schema.org/draft/2019-09/schema"],
  ["https://json-schema.org/draft/2020-12/schema"],
])("$schema %s", ($schema) => {
  const declared = { ...schema, ...($schema && { $schema }) };

  test("data comes back as it was", async () => {
    const format = await jsonSchema(declared);
    const value = await written(format, order);
    expect(value.subarray(5).toString()).toBe(JSON.stringify(order));
    expect(await reading(format)(value)).toEqual(order);
  });

  test("data that does not fit is SCHEMA_MISMATCH, which says where and not what", async () => {
    const format = await jsonSchema(declared);
    await expect(written(format, { ...order, lines: [{ quantity: -7 }] })).rejects.toMatchObject({
      code: "SCHEMA_MISMATCH",
      message: "data of event does not fit its schema: /lines/0/quantity: must be >= 1",
    });
  });
});

test.each([
  ["text that is no JSON", framed("hello"), "it is not JSON"],
  ["bytes that are no UTF-8", framed([34, 255, 34]), "it is not UTF-8"],
  ["an empty body", framed(""), "it is not JSON"],
  ["bytes after the JSON", framed('{"orderId":"1"}}'), "it is not JSON"],
  ["a missing property", framed("{}"), "(whole): must have required property 'orderId'"],
  ["an unknown property", framed('{"orderId":"1","x":1}'), "(whole): must NOT have additional properties"],
  ["a wrong format", framed('{"orderId":"1","placedAt":"today"}'), '/placedAt: must match format "date-time"'],
])("%s is MALFORMED_PAYLOAD", async (_, value, why) => {
  const error: unknown = await reading(await jsonSchema(schema))(value).catch((thrown) => thrown);
  expect(error).toMatchObject({
    code: "MALFORMED_PAYLOAD",
    message: `value of event does not fit its schema (id 42): ${why}`,
  });
  // Errors of parsers quote what they parse.
  expect(error).not.toHaveProperty("cause");
});

test("JSON without the head of the wire format is read too, and checked", async () => {
  const read = reading(await jsonSchema(schema));
  expect(await read(Buffer.from(JSON.stringify(order)))).toEqual(order);
  for (const text of ["", "{}", "hello"]) {
    await expect(read(Buffer.from(text))).rejects.toMatchObject({ code: "MALFORMED_PAYLOAD" });
  }
});

test("an endlessly deep body is MALFORMED_PAYLOAD", async () => {
  const tree = await jsonSchema({ type: "array", items: { $ref: "#" } });
  const deep = framed("[".repeat(200_000) + "]".repeat(200_000));
  await expect(reading(tree)(deep)).rejects.toMatchObject({ code: "MALFORMED_PAYLOAD" });
});

test.each([[undefined], [5n], [Number.NaN], [() => {}]])("%s is no JSON: SCHEMA_MISMATCH", async (data) => {
  const loose = await jsonSchema({ not: { type: "null" } });
  const number = await jsonSchema({ type: "number" });
  await expect(written(Number.isNaN(data) ? number : loose, data)).rejects.toMatchObject({ code: "SCHEMA_MISMATCH" });
});

test.each([
  ["a type that JSON does not have", { type: "nonsense" }],
  ["a draft that is not read", { $schema: "http://json-schema.org/draft-04/schema#" }],
  ["a reference to another schema", { $ref: "https://example.com/other.json" }],
  ["an asynchronous schema", { $async: true }],
])("%s is INVALID_OPTIONS", async (_, wrong) => {
  await expect(jsonSchema(wrong)).rejects.toMatchObject({ code: "INVALID_OPTIONS" });
});

test.each(["ada@example.com", "4917012345", "__proto__", "0"])(
  "of places, the key %s is data: not shown",
  async (key) => {
    const format = await jsonSchema({
      properties: { people: { additionalProperties: { properties: { "a/b": { items: { type: "string" } } } } } },
    });
    const text = `{"people":{"${key}":{"a/b":["x",5]}}}`;
    const misfit = /: \/people\/\*\/a~1b\/1: must be string$/;
    await expect(reading(format)(framed(text))).rejects.toThrow(misfit);
    await expect(written(format, JSON.parse(text))).rejects.toThrow(misfit);
  },
);

describe("what is checked is what is written", () => {
  test("a Date is its text", async () => {
    const format = await jsonSchema({ properties: { at: { type: "string", format: "date-time" } } });
    const value = await written(format, { at: new Date(0) });
    expect(await reading(format)(value)).toEqual({ at: "1970-01-01T00:00:00.000Z" });
    const object = await jsonSchema({ properties: { at: { type: "object" } } });
    await expect(written(object, { at: new Date(0) })).rejects.toMatchObject({ code: "SCHEMA_MISMATCH" });
  });

  test("a Map is an empty object, toJSON gives what it gives, undefined is absent", async () => {
    const format = await jsonSchema({ required: ["id"], properties: { id: { type: "string" } } });
    for (const data of [new Map([["id", "1"]]), { id: "1", toJSON: () => ({}) }, { id: undefined }]) {
      await expect(written(format, data)).rejects.toThrow("(whole): must have required property 'id'");
    }
    const value = await written(format, { toJSON: () => ({ id: "1" }) });
    expect(await reading(format)(value)).toEqual({ id: "1" });
  });

  test("a number that JSON does not have is not made null", async () => {
    const format = await jsonSchema({ properties: { ratio: { type: ["number", "null"] } } });
    await expect(written(format, { ratio: Number.NaN })).rejects.toMatchObject({ code: "SCHEMA_MISMATCH" });
  });
});

test("is named by its title", async () => {
  expect((await jsonSchema(schema)).recordName).toBe("Order");
  expect((await jsonSchema({})).recordName).toBeUndefined();
});
