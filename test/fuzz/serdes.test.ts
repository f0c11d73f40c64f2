import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { BackboneError, type ErrorCode } from "../../shared/errors.ts";
import {
  avro,
  createDeserializer,
  createSerializer,
  jsonSchema,
  protobuf,
  type SchemaFormat,
} from "../../shared/schema-registry/index.ts";

const numRuns = 10_000;
/** A value of a few dozen bytes that takes more of the processor than this to read is an attack. */
const maxProcessorMs = 2_000;

const tree = {
  type: "record",
  name: "Tree",
  fields: [
    { name: "name", type: "string" },
    { name: "seal", type: "bytes" },
    { name: "at", type: { type: "long", logicalType: "timestamp-millis" } },
    { name: "day", type: { type: "int", logicalType: "date" } },
    { name: "price", type: { type: "bytes", logicalType: "decimal", precision: 9, scale: 2 } },
    { name: "kind", type: { type: "enum", name: "Kind", symbols: ["A", "B"] } },
    { name: "id", type: { type: "fixed", name: "Id", size: 2 } },
    { name: "nothings", type: { type: "array", items: { type: "array", items: "null" } } },
    { name: "counts", type: { type: "map", values: ["null", "long", "double"] } },
    { name: "children", type: { type: "array", items: "Tree" } },
  ],
};
const leaf = {
  name: "leaf",
  seal: Buffer.from([0, 255]),
  at: new Date("2026-01-01T00:00:00.123Z"),
  day: "2026-02-28",
  price: "-12.34",
  kind: "B",
  id: Buffer.from("id"),
  nothings: [],
  counts: { x: { long: 5 }, y: { double: 0.5 }, z: null },
  children: [],
};
const formats: readonly { name: string; format: SchemaFormat; example: unknown }[] = [
  { name: "Avro", format: avro(tree), example: { ...leaf, children: [leaf, { ...leaf, children: [leaf] }] } },
  {
    name: "JSON",
    format: await jsonSchema({
      type: "object",
      required: ["name"],
      properties: { name: { type: "string", pattern: "^[a-z]*$" }, children: { type: "array", items: { $ref: "#" } } },
    }),
    example: { name: "root", children: [{ name: "leaf", extra: [1, null] }] },
  },
  {
    name: "Protobuf",
    format: await protobuf(
      `syntax = "proto3"; message First {} message Tree {
        string name = 1; sint64 count = 2; repeated double sizes = 3; map<string, Tree> by_name = 4; repeated Tree children = 5; bytes seal = 6;
      }`,
      "Tree",
    ),
    example: { name: "root", count: "-5", sizes: [1, 2], byName: { a: { name: "a" } }, children: [{}], seal: "AQI=" },
  },
];

const field = fc.constantFrom(
  ...["name", "children", "counts", "price", "day", "kind", "id", "byName", "seal", "sizes"],
);
const bytes = fc.uint8Array({ maxLength: 48 }).map((array) => Buffer.from(array));

/** A value with a few bytes changed, cut or put in. */
function damaged(value: Buffer): fc.Arbitrary<Buffer> {
  const at = fc.nat({ max: value.length - 1 });
  const damage = fc.record({ at, remove: fc.nat({ max: 4 }), insert: fc.uint8Array({ maxLength: 12 }) });
  return fc.array(damage, { minLength: 1, maxLength: 3 }).map((damages) =>
    damages.reduce((bytesSoFar, { at, remove, insert }) => {
      const rest = bytesSoFar.subarray(Math.min(at + remove, bytesSoFar.length));
      return Buffer.concat([bytesSoFar.subarray(0, at), insert, rest]);
    }, value),
  );
}

/** What reading or writing comes to: a value, or an error with one of the codes; anything else fails the test. */
async function outcome(codes: readonly ErrorCode[], work: () => unknown): Promise<unknown> {
  const before = process.cpuUsage();
  try {
    return await work();
  } catch (error) {
    if (error instanceof BackboneError && codes.includes(error.code)) return error;
    throw error;
  } finally {
    // Not the time that passes: beside other processes that is longer.
    const { user, system } = process.cpuUsage(before);
    expect((user + system) / 1_000).toBeLessThan(maxProcessorMs);
  }
}

describe.each(formats)("$name", ({ format, example }) => {
  const registry = { schemaById: async () => format, idOf: async () => 1 };
  const { serialize } = createSerializer({ registry, topic: "a", writers: { event: format } });
  const wire = createDeserializer({ registry, readers: { event: format } });
  const source = createDeserializer({ registry, readers: { event: format }, eventRecordFormat: "SOURCE" });
  const json = createDeserializer({ registry, readers: { event: format }, eventRecordFormat: "JSON" });
  const valueSchema = { schemaId: "1", dataFormat: format.schemaType };

  test("any body is read or is MALFORMED_PAYLOAD", async () => {
    const codes = ["MALFORMED_PAYLOAD", "SCHEMA_MISMATCH"] as const;
    await fc.assert(
      fc.asyncProperty(bytes, async (body) => {
        await outcome(codes, () => wire.deserialize("event", Buffer.concat([Buffer.from([0, 0, 0, 0, 1]), body])));
        await outcome(codes, () => source.deserialize("event", body, valueSchema));
      }),
      { numRuns },
    );
  });

  test("a damaged value is read or is MALFORMED_PAYLOAD", async () => {
    const value = await serialize("event", example);
    expect(await wire.deserialize("event", value)).toMatchObject(example as object);
    await fc.assert(
      fc.asyncProperty(damaged(value), async (broken) => {
        await outcome(["MALFORMED_PAYLOAD", "SCHEMA_MISMATCH"], () => wire.deserialize("event", broken));
      }),
      { numRuns },
    );
  });

  test("any JSON of the mapping is read or is MALFORMED_PAYLOAD", async () => {
    const value = fc.oneof(fc.jsonValue({ maxDepth: 3 }), fc.dictionary(field, fc.jsonValue({ maxDepth: 2 })));
    await fc.assert(
      fc.asyncProperty(value, async (any) => {
        const text = Buffer.from(JSON.stringify(any));
        await outcome(["MALFORMED_PAYLOAD"], () => json.deserialize("event", text, valueSchema));
      }),
      { numRuns },
    );
  });

  test("any data is written and comes back, or is SCHEMA_MISMATCH", async () => {
    const anything = fc.anything({ maxDepth: 2, withDate: true, withBigInt: true, withNullPrototype: true });
    const data = fc.oneof(
      anything,
      fc
        .record({ change: fc.dictionary(field, anything) })
        .map(({ change }) => ({ ...(example as object), ...change })),
    );
    await fc.assert(
      fc.asyncProperty(data, async (any) => {
        const value = await outcome(["SCHEMA_MISMATCH"], () => serialize("event", any));
        if (value instanceof Buffer) await outcome(["MALFORMED_PAYLOAD"], () => wire.deserialize("event", value));
      }),
      { numRuns },
    );
  });
});

test("any schema text of a registry is read or is SCHEMA_MISMATCH", async () => {
  const text = fc.oneof(
    fc.string(),
    fc.json(),
    fc.string({
      unit: fc.constantFrom("message ", "A", "{", "}", 'syntax = "proto3";', "string a = 1;", " ", "=", "/"),
    }),
    fc.base64String(),
  );
  await fc.assert(
    fc.asyncProperty(text, fc.constantFrom(...formats), async (schema, { format }) => {
      const registry = { schemaById: async () => ({ schemaType: format.schemaType, schema }) };
      const { deserialize } = createDeserializer({ registry, readers: { event: format } });
      await outcome(["SCHEMA_MISMATCH", "MALFORMED_PAYLOAD"], () => deserialize("event", Buffer.alloc(8)));
    }),
    { numRuns },
  );
});
