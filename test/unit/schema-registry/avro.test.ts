import { describe, expect, test } from "vitest";
import { BackboneError } from "../../../shared/errors.ts";
import { avro, createDeserializer, type WrittenSchema } from "../../../shared/schema-registry/index.ts";
import { orderCreatedSchema, orderCreatedType } from "../../../shared/schemas/index.ts";
import { orderCreated, orderCreatedValue } from "../../fixtures/events/order-events.ts";

const order = orderCreated({ customerId: "Café 🎉", createdAt: new Date("2026-01-01T08:26:00.123Z") });

function deserializer(
  reader: object = orderCreatedSchema,
  writer: object = orderCreatedSchema,
  references: readonly object[] = [],
) {
  const asked: number[] = [];
  const schemaById = async (id: number): Promise<WrittenSchema> => {
    asked.push(id);
    const texts = references.map((reference) => JSON.stringify(reference));
    return { schemaType: "AVRO", schema: JSON.stringify(writer), references: texts };
  };
  const readers = { [orderCreatedType]: avro(reader), other: avro(reader) };
  const { deserialize } = createDeserializer({ registry: { schemaById }, readers });
  // What is thrown at once is rejected here, so that both look alike.
  return { asked, deserialize: async (eventType: string, value: Buffer) => deserialize(eventType, value) };
}

function record(...fields: object[]) {
  return { type: "record", name: "OrderCreated", namespace: "com.example.orders", fields };
}

function framed(...bytes: number[]): Buffer {
  return Buffer.from([0, 0, 0, 0, 42, ...bytes]);
}

describe("round trip", () => {
  test("an order comes back as it was, its time as a Date", async () => {
    const value = await orderCreatedValue(order);
    expect(value.subarray(0, 5)).toEqual(Buffer.from([0, 0, 0, 0, 42]));
    expect(await deserializer().deserialize(orderCreatedType, value)).toEqual(order);
  });

  test("an order without lines and one of a thousand lines", async () => {
    for (const length of [0, 1_000]) {
      const lines = Array.from({ length }, (_, index) => ({ sku: `s${index}`, quantity: index, unitPrice: 0.1 }));
      const read = await deserializer().deserialize(orderCreatedType, await orderCreatedValue({ ...order, lines }));
      expect(read).toEqual({ ...order, lines });
    }
  });
});

describe("the deserializer", () => {
  test("resolves the writer's schema to the reader's", async () => {
    const [orderId, , totalAmount, createdAt] = orderCreatedSchema.fields;
    const reader = record(createdAt, totalAmount, orderId, { name: "channel", type: "string", default: "web" });
    expect(await deserializer(reader).deserialize(orderCreatedType, await orderCreatedValue(order))).toEqual({
      createdAt: order.createdAt,
      totalAmount: order.totalAmount,
      orderId: order.orderId,
      channel: "web",
    });
  });

  test("reads a plain long as a reader's timestamp, and a writer's timestamp as a plain long", async () => {
    const plain = record({ name: "createdAt", type: "long" });
    const time = record({ name: "createdAt", type: { type: "long", logicalType: "timestamp-millis" } });
    expect(await deserializer(time, plain).deserialize("other", framed(2))).toEqual({ createdAt: new Date(1) });
    expect(await deserializer(plain, time).deserialize("other", framed(2))).toEqual({ createdAt: 1 });
  });

  test("asks for a schema once an event type", async () => {
    const { asked, deserialize } = deserializer();
    const value = await orderCreatedValue();
    for (const eventType of [orderCreatedType, orderCreatedType, "other", "other"]) await deserialize(eventType, value);
    expect(asked).toEqual([42, 42]);
  });

  test.each([
    ["too few bytes", async () => (await orderCreatedValue()).subarray(0, -1)],
    ["a byte too many", async () => Buffer.concat([await orderCreatedValue(), Buffer.from([0])])],
    ["an empty value", async () => Buffer.alloc(0)],
    ["a value shorter than the wire format's head", async () => Buffer.from([0, 0, 0, 1])],
    ["another magic byte", async () => Buffer.from([1, 0, 0, 0, 42, 0])],
    ["a negative schema id", async () => Buffer.from([0, 0xff, 0, 0, 42, 0])],
    ["text", async () => Buffer.from('{"orderId":"1"}')],
    [
      "an array that announces 2^31 items",
      async () => framed(2, 65, 2, 65, ...Array(8).fill(0), 0, 254, 255, 255, 255, 15),
    ],
    [
      "an array that announces -2^31 items",
      async () => framed(2, 65, 2, 65, ...Array(8).fill(0), 0, 255, 255, 255, 255, 15, 2),
    ],
    [
      "a time that no Date can hold",
      async () => framed(2, 65, 2, 65, ...Array(8).fill(0), ...Array(7).fill(254), 31, 0),
    ],
  ])("%s is MALFORMED_PAYLOAD", async (_, value) => {
    await expect(deserializer().deserialize(orderCreatedType, await value())).rejects.toMatchObject({
      code: "MALFORMED_PAYLOAD",
      retriable: false,
    });
  });

  test("an endless block in a field that the reader skips is MALFORMED_PAYLOAD", async () => {
    const texts = { name: "texts", type: { type: "array", items: "string" } };
    const counts = { name: "counts", type: { type: "map", values: "long" } };
    const { deserialize } = deserializer(record(), record(texts, counts));
    await expect(deserialize("other", framed(2, 2, 65, 0, 2, 2, 65, 2, 0))).resolves.toEqual({});
    for (const value of [framed(254, 255, 255, 255, 15), framed(0, 254, 255, 255, 255, 15)]) {
      await expect(deserialize("other", value)).rejects.toMatchObject({ code: "MALFORMED_PAYLOAD" });
    }
  });

  test("maps keep every key, __proto__ too", async () => {
    const schema = record({ name: "counts", type: { type: "map", values: "long" } });
    const key = Buffer.from("__proto__");
    const read = await deserializer(schema, schema).deserialize("other", framed(2, key.length * 2, ...key, 14, 0));
    expect(JSON.stringify(read)).toBe('{"counts":{"__proto__":7}}');
  });

  test("an event type without a reader is UNKNOWN_EVENT_TYPE and names those that have one", async () => {
    await expect(deserializer().deserialize("toString", Buffer.alloc(5))).rejects.toMatchObject({
      code: "UNKNOWN_EVENT_TYPE",
      message: `no reader for event type "toString", there is one for ${orderCreatedType}, other`,
    });
  });

  test.each([
    ["a field that the reader needs and the writer lacks", record()],
    ["a type that cannot be promoted", record({ name: "orderId", type: "long" })],
    ["no Avro schema at all", { type: "nonsense" }],
  ])("%s is SCHEMA_MISMATCH", async (_, writer) => {
    const { deserialize } = deserializer(orderCreatedSchema, writer);
    await expect(deserialize(orderCreatedType, framed())).rejects.toMatchObject({ code: "SCHEMA_MISMATCH" });
  });

  test("a schema that cannot be read says why, at no endless length", async () => {
    const a = { name: "a", type: "string" };
    const mismatch = (writer: object) => deserializer(record(a), writer).deserialize("other", framed());
    await expect(mismatch(record())).rejects.toThrow(
      "schema 42 cannot be read as other: no matching field for default-less com.example.orders.OrderCreated.a",
    );
    await expect(mismatch({ type: "x".repeat(100_000) })).rejects.toThrow(/^.{300,400}…$/);
  });

  test("what the registry says of a schema comes through", async () => {
    const failures = [
      new BackboneError("SCHEMA_NOT_FOUND", "no schema 42"),
      new BackboneError("REGISTRY_UNAVAILABLE", "away"),
    ];
    for (const failure of failures) {
      const registry = { schemaById: () => Promise.reject(failure) };
      const readers = { [orderCreatedType]: avro(orderCreatedSchema) };
      const { deserialize } = createDeserializer({ registry, readers });
      await expect(deserialize(orderCreatedType, await orderCreatedValue())).rejects.toBe(failure);
    }
  });

  test("a reader that is no schema is INVALID_OPTIONS with the first value", async () => {
    const read = deserializer({ type: "nonsense" }).deserialize(orderCreatedType, framed(0));
    await expect(read).rejects.toMatchObject({ code: "INVALID_OPTIONS" });
  });

  test("once the schema is known, a value is read without a promise", async () => {
    const schemaById = async () => avro(orderCreatedSchema);
    const readers = { [orderCreatedType]: avro(orderCreatedSchema) };
    const { deserialize } = createDeserializer({ registry: { schemaById }, readers });
    const value = await orderCreatedValue(order);
    const first = deserialize(orderCreatedType, value);
    expect(first).toBeInstanceOf(Promise);
    await first;
    expect(deserialize(orderCreatedType, value)).toEqual(order);
  });

  test("arrays of items that take no bytes are MALFORMED_PAYLOAD, read or skipped", async () => {
    const nothings = record({ name: "nothings", type: { type: "array", items: { type: "array", items: "null" } } });
    for (const reader of [nothings, record()]) {
      const read = deserializer(reader, nothings).deserialize("other", framed(2, 2, 0, 0));
      await expect(read).rejects.toMatchObject({ code: "MALFORMED_PAYLOAD" });
    }
  });

  test("follows the writer's references to other schemas", async () => {
    const line = { type: "record", name: "Line", namespace: "x", fields: [{ name: "sku", type: "string" }] };
    const order = record({ name: "line", type: "x.Line" });
    const reader = record({ name: "line", type: line });
    const { deserialize } = deserializer(reader, order, [line]);
    expect(await deserialize("other", framed(2, 65))).toEqual({ line: { sku: "A" } });
    await expect(deserializer(reader, order).deserialize("other", framed(2, 65))).rejects.toMatchObject({
      code: "SCHEMA_MISMATCH",
    });
  });
});

test.each([
  ["com.example.Order", { type: "record", name: "Order", namespace: "com.example", fields: [] }],
  ["org.example.Order", { type: "record", name: "org.example.Order", namespace: "com.example", fields: [] }],
  ["Order", { type: "record", name: "Order", fields: [] }],
  ["Order", { type: "record", name: "Order", namespace: "", fields: [] }],
  ["com.example.Size", { type: "enum", name: "Size", namespace: "com.example", symbols: ["S"] }],
  [undefined, { type: "string" }],
])("the name %s is the one that avsc gives the schema, too", async (name, schema) => {
  const format = avro(schema);
  expect(format.recordName).toBe(name);
  expect((await format.load()).recordName).toBe(name);
});

describe("load", () => {
  test("makes the schema a type once, however many wait for it", async () => {
    const { load } = avro({ type: "string" });
    const [first, second] = await Promise.all([load(), load()]);
    expect(second).toBe(first);
    expect(await load()).toBe(first);
  });

  test("forgets a failure", async () => {
    const schema = { type: "nonsense" };
    const { load } = avro(schema);
    await expect(load()).rejects.toMatchObject({ code: "INVALID_OPTIONS" });
    schema.type = "string";
    expect(await load()).toMatchObject({ schemaType: "AVRO" });
  });

  test("names the schema and what is wrong with it, at no endless length", async () => {
    const wrong = (type: string) => avro({ ...record({ name: "a", type }), name: "Order" }).load();
    await expect(wrong("nonsense")).rejects.toThrow(
      "not an avro schema, com.example.orders.Order: undefined type name: com.example.orders.nonsense",
    );
    await expect(wrong("x".repeat(100_000))).rejects.toThrow(/^.{300,400}…$/);
  });
});
