import { readFileSync } from "node:fs";
import { join } from "node:path";
import kafkajs from "kafkajs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Backbone } from "../../local/backbone.ts";
import {
  avro,
  createDeserializer,
  createSchemaRegistry,
  createSerializer,
  jsonSchema,
  protobuf,
  type SchemaFormat,
  type SchemaRegistry,
} from "../../shared/schema-registry/index.ts";
import { eventually, startTestBackbone } from "./running-backbone.ts";

const { AclOperationTypes, AclPermissionTypes, AclResourceTypes, ResourcePatternTypes } = kafkajs;

let backbone: Backbone;
let url: string;

beforeAll(async () => {
  backbone = await startTestBackbone();
  url = `http://127.0.0.1:${backbone.ports.registry}/apis/ccompat/v7`;
});

afterAll(async () => {
  await backbone?.stop();
});

/** With more time than a function gives it: a registry that has just started answers its first questions slowly. */
const registryAt = (at: string) => createSchemaRegistry({ url: at, timeoutMs: 120_000, attemptTimeoutMs: 30_000 });

async function deleteSoftly(version: string): Promise<void> {
  const answer = await fetch(version, { method: "DELETE" });
  expect(answer.status, await answer.text()).toBe(200);
}

const $schema = "http://json-schema.org/draft-07/schema#";
const amount = { type: "bytes", logicalType: "decimal", precision: 9, scale: 2 };
const fields = [
  { name: "orderId", type: "string" },
  { name: "amount", type: amount },
];
const proto = (more: string) => `syntax = "proto3"; package com.example; message First { message Inner {} }
  message Order { string order_id = 1; int64 cents = 2; ${more} }`;

/** Each with the schema of a later version of the writer, which an earlier reader has to read. */
const cases: readonly { type: string; reader: SchemaFormat; writer: SchemaFormat; data: object; read: object }[] = [
  {
    type: "AVRO",
    reader: avro({ type: "record", name: "Order", namespace: "com.example", fields }),
    writer: avro({
      type: "record",
      name: "Order",
      namespace: "com.example",
      fields: [...fields, { name: "note", type: ["null", "string"], default: null }],
    }),
    data: { orderId: "536365", amount: "15.30", note: "x" },
    read: { orderId: "536365", amount: "15.30" },
  },
  {
    type: "JSON",
    reader: await jsonSchema({ $schema, title: "Order", type: "object", required: ["orderId"] }),
    writer: await jsonSchema({ $schema, title: "Order", type: "object", required: ["orderId", "note"] }),
    data: { orderId: "536365", note: "x" },
    read: { orderId: "536365", note: "x" },
  },
  {
    type: "PROTOBUF",
    reader: await protobuf(proto(""), "com.example.Order"),
    writer: await protobuf(proto("string note = 3;"), "com.example.Order"),
    data: { orderId: "536365", cents: "1530", note: "x" },
    read: { orderId: "536365", cents: "1530" },
  },
];

describe.each(cases)("$type", ({ reader, writer, data, read }) => {
  const eventType = "com.example.Order";
  let topic: string;
  let registry: SchemaRegistry;

  beforeAll(() => {
    topic = `registry-${crypto.randomUUID()}`;
    registry = registryAt(url);
  });

  it("is SCHEMA_NOT_FOUND until it is registered, and is read by an earlier reader then", async () => {
    const { serialize } = createSerializer({ registry, topic, writers: { [eventType]: writer } });
    await expect(serialize(eventType, data)).rejects.toMatchObject({ code: "SCHEMA_NOT_FOUND", retriable: true });
    const id = await registry.register(`${topic}-value`, writer);
    const value = await serialize(eventType, data);
    expect(value.readInt32BE(1)).toBe(id);
    const { deserialize } = createDeserializer({ registry, readers: { [eventType]: reader } });
    expect(await deserialize(eventType, value)).toEqual(read);
    expect(deserialize(eventType, value)).toEqual(read);
  });

  it("registers itself under the name of its record where that is asked for", async () => {
    const options = {
      topic,
      writers: { [eventType]: writer },
      subjectNameStrategy: "TopicRecordNameStrategy",
    } as const;
    await createSerializer({ ...options, registry, autoRegister: true }).serialize(eventType, data);
    expect(await registry.idOf(`${topic}-${writer.recordName}`, writer)).toBeGreaterThan(0);
  });
});

describe("what the registry says", () => {
  it("of an id that it does not know: SCHEMA_NOT_FOUND", async () => {
    const read = registryAt(url).schemaById(2_000_000_000);
    await expect(read).rejects.toMatchObject({ code: "SCHEMA_NOT_FOUND" });
  });

  it("of a schema that is none: SCHEMA_MISMATCH", async () => {
    const wrong = { schemaType: "AVRO", schema: '{"type":"nonsense"}' } as const;
    const register = registryAt(url).register(`registry-${crypto.randomUUID()}`, wrong);
    await expect(register).rejects.toMatchObject({ code: "SCHEMA_MISMATCH" });
  });

  it("of a path that is not its own: REGISTRY_UNAVAILABLE", async () => {
    const read = registryAt(url.replace("ccompat", "nonsense")).schemaById(1);
    await expect(read).rejects.toMatchObject({ code: "REGISTRY_UNAVAILABLE" });
  });

  it("of a schema that refers to another: both, also when they are deleted meanwhile", async () => {
    const line = { type: "record", name: "Line", namespace: "com.example", fields: [{ name: "sku", type: "string" }] };
    const subject = `line-${crypto.randomUUID()}`;
    const registry = registryAt(url);
    await registry.register(subject, avro(line));
    const schema = (type: unknown) => ({ type: "record", name: "Parcel", fields: [{ name: "line", type }] });
    const answer = await fetch(`${url}/subjects/parcel-${subject}/versions`, {
      method: "POST",
      headers: { "content-type": "application/vnd.schemaregistry.v1+json" },
      body: JSON.stringify({
        schema: JSON.stringify(schema("com.example.Line")),
        references: [{ name: "com.example.Line", subject, version: 1 }],
      }),
    });
    const { id } = (await answer.json()) as { id: number };
    // Of a subject without any version that is left, Apicurio gives none.
    await registry.register(
      subject,
      avro({ ...line, fields: [...line.fields, { name: "note", type: "string", default: "" }] }),
    );
    await deleteSoftly(`${url}/subjects/parcel-${subject}/versions/1`);
    await deleteSoftly(`${url}/subjects/${subject}/versions/1`);
    const { deserialize } = createDeserializer({ registry, readers: { parcel: avro(schema(line)) } });
    const value = Buffer.concat([Buffer.alloc(5), Buffer.from([2, 65])]);
    value.writeInt32BE(id, 1);
    expect(await deserialize("parcel", value)).toEqual({ line: { sku: "A" } });
  });
});

it("is healthy for the load balancer as long as its journal is read, and ready even when it is not any more", async () => {
  const management = await eventually("the registry has logged where it tells its health", async () => {
    const log = readFileSync(join(backbone.logFolder, "registry.log"), "utf8");
    return /Management interface listening on (http:\S+:\d+)/.exec(log)?.[1];
  });
  const health = async (path: string) => {
    const answer = await fetch(`${management}${path}`);
    const { status, checks } = (await answer.json()) as { status: string; checks: { name: string; status: string }[] };
    return { status, down: checks.filter((check) => check.status !== "UP").map(({ name }) => name) };
  };
  expect(await health("/health")).toEqual({ status: "UP", down: [] });

  const admin = backbone.kafka.admin();
  await admin.connect();
  await admin.deleteAcls({
    filters: [
      {
        principal: "User:schema-registry",
        resourceType: AclResourceTypes.TOPIC,
        resourcePatternType: ResourcePatternTypes.ANY,
        operation: AclOperationTypes.ANY,
        permissionType: AclPermissionTypes.ANY,
      },
    ],
  });
  await admin.disconnect();

  const ended = async () => ((await health("/health")).status === "DOWN" ? true : undefined);
  await eventually("the registry is not healthy any more", ended);
  expect((await health("/health")).down).toEqual(["StorageLivenessCheck"]);
  expect(await health("/health/ready")).toEqual({ status: "UP", down: [] });
});
