import { createFileRegistry, create as createMessage, fromBinary } from "@bufbuild/protobuf";
import { FileDescriptorProtoSchema, FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import {
  AvroDeserializer,
  AvroSerializer,
  JsonDeserializer,
  JsonSerializer,
  ProtobufDeserializer,
  ProtobufSerializer,
  SchemaRegistryClient,
  SerdeType,
} from "@confluentinc/schemaregistry";
import { SchemaRegistry as KafkaJsRegistry } from "@kafkajs/confluent-schema-registry";
import { describe, expect, test } from "vitest";
import {
  avro,
  createDeserializer,
  createSchemaRegistry,
  createSerializer,
  jsonSchema,
  protobuf,
  type Schema,
  type SchemaFormat,
  type SchemaRegistry,
} from "../../../shared/schema-registry/index.ts";
import { json, registryThat } from "./stub-registry.ts";

const topic = "orders";
const subject = "orders-value";

const orderAvro = {
  type: "record",
  name: "Order",
  fields: [
    { name: "orderId", type: "string" },
    { name: "units", type: ["null", "long"] },
    { name: "tags", type: { type: "map", values: { type: "array", items: "double" } } },
  ],
};
const orderJson = { type: "object", required: ["orderId"], properties: { orderId: { type: "string" } } };
const order = { orderId: "Café 🎉", units: 6, tags: { a: [0.5], b: [] } };

async function setUp(schema: Schema) {
  const client = SchemaRegistryClient.newClient({ baseURLs: ["mock://"] });
  const id = await client.register(subject, schema, false);
  const registry: Pick<SchemaRegistry, "schemaById" | "idOf"> = {
    async schemaById(asked) {
      const { schemaType = "AVRO", schema: text } = await client.getBySubjectAndId(subject, asked);
      if (schemaType !== "AVRO" && schemaType !== "JSON" && schemaType !== "PROTOBUF") throw new Error(schemaType);
      return { schemaType, schema: text };
    },
    idOf: async () => id,
  };
  return { client, registry };
}

const read = (registry: Pick<SchemaRegistry, "schemaById">, format: SchemaFormat, value: Buffer) =>
  createDeserializer({ registry, readers: { event: format } }).deserialize("event", value);
const write = (registry: Pick<SchemaRegistry, "idOf">, format: SchemaFormat, data: unknown) =>
  createSerializer({ registry, topic, writers: { event: format } }).serialize("event", data);

describe("@confluentinc/schemaregistry", () => {
  const byLatest = { useLatestVersion: true, autoRegisterSchemas: false };

  test("Avro: reads what we write, and we what it writes", async () => {
    const format = avro(orderAvro);
    const { client, registry } = await setUp(format);
    const theirs = await new AvroSerializer(client, SerdeType.VALUE, byLatest).serialize(topic, order);
    const ours = await write(registry, format, order);
    expect(await read(registry, format, theirs)).toEqual(order);
    expect(await new AvroDeserializer(client, SerdeType.VALUE, {}).deserialize(topic, ours)).toEqual(order);
    expect(ours).toEqual(theirs);
  });

  test("JSON: reads what we write, and we what it writes", async () => {
    const format = await jsonSchema(orderJson);
    const { client, registry } = await setUp(format);
    const theirs = await new JsonSerializer(client, SerdeType.VALUE, byLatest).serialize(topic, order);
    const ours = await write(registry, format, order);
    expect(await read(registry, format, theirs)).toEqual(order);
    expect(await new JsonDeserializer(client, SerdeType.VALUE, {}).deserialize(topic, ours)).toEqual(order);
  });

  // What protoc 6 makes of the text below; a map's entries are messages of the descriptor that have no index.
  const proto = `
    syntax = "proto3";
    package com.example.shipping;
    message Parcel {
      map<string, int32> units_by_sku = 1;
      message Empty {}
      message Label { string text = 1; }
    }
    message Shipment {
      string order_id = 1;
      int64 grams = 2;
      Parcel.Label label = 3;
    }`;
  const descriptor =
    "Cg5zaGlwbWVudC5wcm90bxIUY29tLmV4YW1wbGUuc2hpcHBpbmcivQEKBlBhcmNlbBJOCgx1bml0c19ieV9za3UYASADKAsyLC5jb20uZXhhbXBsZ" +
    "S5zaGlwcGluZy5QYXJjZWwuVW5pdHNCeVNrdUVudHJ5Ugp1bml0c0J5U2t1Gj0KD1VuaXRzQnlTa3VFbnRyeRIQCgNrZXkYASABKAlSA2tleRIUCg" +
    "V2YWx1ZRgCIAEoBVIFdmFsdWU6AjgBGgcKBUVtcHR5GhsKBUxhYmVsEhIKBHRleHQYASABKAlSBHRleHQidQoIU2hpcG1lbnQSGQoIb3JkZXJfaWQ" +
    "YASABKAlSB29yZGVySWQSFAoFZ3JhbXMYAiABKANSBWdyYW1zEjgKBWxhYmVsGAMgASgLMiIuY29tLmV4YW1wbGUuc2hpcHBpbmcuUGFyY2VsLkxh" +
    "YmVsUgVsYWJlbGIGcHJvdG8z";
  const file = fromBinary(FileDescriptorProtoSchema, Buffer.from(descriptor, "base64"));
  const types = createFileRegistry(createMessage(FileDescriptorSetSchema, { file: [file] }));

  test.each([
    ["Parcel", { unitsBySku: { x: 1 } }, { unitsBySku: { x: 1 } }],
    ["Parcel.Empty", {}, {}],
    ["Parcel.Label", { text: "Café" }, { text: "Café" }],
    [
      "Shipment",
      { orderId: "1", grams: 2n ** 60n, label: { text: "x" } },
      { orderId: "1", grams: `${2n ** 60n}`, label: { text: "x" } },
    ],
  ])("Protobuf, %s: reads what we write, and we what it writes", async (name, message, data) => {
    const fullName = `com.example.shipping.${name}`;
    const type = types.getMessage(fullName);
    if (type === undefined) throw new Error(`the descriptor lacks ${fullName}`);
    const format = await protobuf(proto, fullName);
    const { client, registry } = await setUp({ schemaType: "PROTOBUF", schema: descriptor });
    const serializer = new ProtobufSerializer(client, SerdeType.VALUE, byLatest);
    serializer.registry.add(type);
    const theirs = await serializer.serialize(topic, createMessage(type, message));
    const ours = await write(registry, format, data);
    expect(ours).toEqual(theirs);
    expect(await read(registry, format, theirs)).toEqual(data);
    const deserializer = new ProtobufDeserializer(client, SerdeType.VALUE, {});
    expect(await deserializer.deserialize(topic, ours)).toMatchObject(message);
    // A registry that turns the descriptor into text gives the same.
    expect(await read({ schemaById: async () => format }, format, theirs)).toEqual(data);
  });
});

// Its Protobuf values lack the message indexes of the wire format, so that only Avro and JSON can be compared.
describe("@kafkajs/confluent-schema-registry", () => {
  test.each([
    ["Avro", () => avro(orderAvro)],
    ["JSON", () => jsonSchema(orderJson)],
  ])("%s: reads what we write, and we what it writes", async (_, declare) => {
    const format = await declare();
    const { schemaType, schema } = format;
    const { url } = await registryThat(json(200, { id: 7, schemaType, schema }));
    const theirs = new KafkaJsRegistry({ host: url });
    const registry = createSchemaRegistry({ url });
    expect(await theirs.decode(await write(registry, format, order))).toEqual(order);
    expect(await read(registry, format, await theirs.encode(7, order))).toEqual(order);
  });
});
