import { describe, expect, test } from "vitest";
import { BackboneError } from "../../../shared/errors.ts";
import { avro, createSerializer, jsonSchema, protobuf, type Schema } from "../../../shared/schema-registry/index.ts";
import { orderCreatedSchema, orderCreatedType } from "../../../shared/schemas/index.ts";
import { orderCreated } from "../../fixtures/events/order-events.ts";

const order = orderCreated();
const writers = { [orderCreatedType]: avro(orderCreatedSchema) };

/** A registry that gives id 258 and remembers what it was asked; a failure in `failures` comes first. */
function registryOf(...failures: BackboneError[]) {
  const asked: unknown[] = [];
  const answer = (what: string) => async (subject: string, schema: Schema) => {
    asked.push([what, subject, schema.schema]);
    const failure = failures.shift();
    if (failure !== undefined) throw failure;
    return 258;
  };
  return { asked, registry: { idOf: answer("idOf"), register: answer("register") } };
}

const text = JSON.stringify(orderCreatedSchema);

test("looks the id up under the subject and registers nothing", async () => {
  const { asked, registry } = registryOf();
  const value = await createSerializer({ registry, topic: "order-events", writers }).serialize(orderCreatedType, order);
  expect([...value.subarray(0, 5)]).toEqual([0, 0, 0, 1, 2]);
  expect(asked).toEqual([["idOf", "order-events-value", text]]);
});

test.each([
  ["TopicNameStrategy", "order-events-value"],
  ["RecordNameStrategy", "com.example.orders.OrderCreated"],
  ["TopicRecordNameStrategy", "order-events-com.example.orders.OrderCreated"],
] as const)("%s names the subject %s", async (subjectNameStrategy, subject) => {
  const { asked, registry } = registryOf();
  const options = { registry, topic: "order-events", writers, subjectNameStrategy };
  await createSerializer(options).serialize(orderCreatedType, order);
  expect(asked).toEqual([["idOf", subject, text]]);
});

test("names the media type of each event type's values", async () => {
  const formats = {
    a: avro({ type: "string" }),
    j: await jsonSchema({}),
    p: await protobuf('syntax = "proto3"; message P {}', "P"),
  };
  const { contentTypeOf } = createSerializer({ registry: registryOf().registry, topic: "t", writers: formats });
  const types = ["a", "j", "p"].map((eventType) => contentTypeOf?.(eventType));
  expect(types).toEqual(["application/avro", "application/json", "application/protobuf"]);
  expect(() => contentTypeOf?.("x")).toThrow(expect.objectContaining({ code: "UNKNOWN_EVENT_TYPE" }));
});

describe("with autoRegister", () => {
  test("registers a schema once, however many write at once", async () => {
    const { asked, registry } = registryOf();
    const { serialize } = createSerializer({ registry, topic: "order-events", writers, autoRegister: true });
    await Promise.all([serialize(orderCreatedType, order), serialize(orderCreatedType, order)]);
    await serialize(orderCreatedType, order);
    expect(asked).toEqual([["register", "order-events-value", text]]);
  });

  test("tries again after a failure", async () => {
    const { asked, registry } = registryOf(new BackboneError("REGISTRY_UNAVAILABLE", "away"));
    const { serialize } = createSerializer({ registry, topic: "order-events", writers, autoRegister: true });
    await expect(serialize(orderCreatedType, order)).rejects.toMatchObject({ code: "REGISTRY_UNAVAILABLE" });
    await serialize(orderCreatedType, order);
    expect(asked).toHaveLength(2);
  });
});

test("names every field that does not fit, not what it holds", async () => {
  const { registry } = registryOf();
  const { serialize } = createSerializer({ registry, topic: "order-events", writers });
  const lines = [{ sku: "secret", quantity: 2 ** 31, unitPrice: 1 }];
  await expect(serialize(orderCreatedType, { ...order, createdAt: 5, lines })).rejects.toMatchObject({
    code: "SCHEMA_MISMATCH",
    message: `data of ${orderCreatedType} does not fit its schema: createdAt (must be timestamp-millis), lines.0.quantity (must be int)`,
  });
});

test("a value that fits two members of a union is SCHEMA_MISMATCH without the value", async () => {
  const decimal = { type: "bytes", logicalType: "decimal", precision: 4, scale: 2 };
  const event = avro({ type: "record", name: "A", fields: [{ name: "a", type: ["string", decimal] }] });
  const { serialize } = createSerializer({ registry: registryOf().registry, topic: "a", writers: { event } });
  const error: unknown = await serialize("event", { a: "12.34" }).catch((thrown) => thrown);
  expect(error).toMatchObject({ code: "SCHEMA_MISMATCH", message: "data of event does not fit its schema" });
  expect(error).not.toHaveProperty("cause");
});

test("an event type without a schema is UNKNOWN_EVENT_TYPE and names those that have one", async () => {
  const { serialize } = createSerializer({ registry: registryOf().registry, topic: "order-events", writers });
  await expect(serialize("toString", {})).rejects.toMatchObject({
    code: "UNKNOWN_EVENT_TYPE",
    message: `no schema for event type "toString", there is one for ${orderCreatedType}`,
  });
});

describe("wrong options are INVALID_OPTIONS", () => {
  const { registry } = registryOf();
  test.each([
    ["a schema that has no name, under a strategy that needs one", { subjectNameStrategy: "RecordNameStrategy" }],
    ["an unknown strategy", { subjectNameStrategy: "TopicStrategy" }],
    ["no topic", { topic: "" }],
    ["autoRegister with a registry that cannot", { autoRegister: true, registry: { idOf: registry.idOf } }],
    ["a writer that is a bare schema", { writers: { a: orderCreatedSchema } }],
  ])("%s", (_, changes) => {
    const options = { registry, topic: "a", writers: { a: avro({ type: "string" }) }, ...changes };
    // @ts-expect-error some of them are wrong for the compiler too
    expect(() => createSerializer(options)).toThrow(expect.objectContaining({ code: "INVALID_OPTIONS" }));
  });

  test("what is no avro schema, once it is written with", async () => {
    const { serialize } = createSerializer({ registry, topic: "a", writers: { a: avro({ type: "nonsense" }) } });
    await expect(serialize("a", "text")).rejects.toMatchObject({ code: "INVALID_OPTIONS" });
  });
});
