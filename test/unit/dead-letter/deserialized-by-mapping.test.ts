import middy from "@middy/core";
import { describe, expect, test } from "vitest";
import { showText } from "../../../local/dead-letters/show-text.ts";
import { readDeadLetters, redriveRecord, type StoredDeadLetter } from "../../../shared/dead-letter/index.ts";
import { createLogger } from "../../../shared/logging/index.ts";
import { cloudEvents, deadLetters, idempotency, partialBatchResponse } from "../../../shared/middleware/index.ts";
import type { SchemaMetadata } from "../../../shared/msk-event/index.ts";
import { eachRecord } from "../../../shared/processing/index.ts";
import {
  avro,
  createDeserializer,
  type Deserializer,
  type EventRecordFormat,
  jsonSchema,
  protobuf,
  type SchemaFormat,
} from "../../../shared/schema-registry/index.ts";
import { invoke, jsonDeserializer, MemoryProducer, MemoryStore, mskEvent } from "../../../shared/testing/index.ts";
import { framed, written } from "../schema-registry/serdes.ts";
import { read } from "./stored.ts";

const order = { orderId: "536365" };
const formats = {
  AVRO: avro({ type: "record", name: "Order", fields: [{ name: "orderId", type: "string" }] }),
  JSON: await jsonSchema({ type: "object", required: ["orderId"] }),
  PROTOBUF: await protobuf('syntax = "proto3"; message First {} message Order { string order_id = 1; }', "Order"),
} as const;
const glueId = "8f0a9e3d-7a4f-4f0c-9d57-0e2a1a3f9c11";
const json = Buffer.from(JSON.stringify(order));

function deserializerOf(reader: SchemaFormat, eventRecordFormat: EventRecordFormat): Deserializer {
  return createDeserializer({
    registry: { schemaById: async () => reader },
    readers: { OrderCreated: reader },
    eventRecordFormat,
  });
}

interface Given {
  readonly key?: Buffer;
  readonly value: Buffer | undefined;
  readonly valueSchemaMetadata?: SchemaMetadata;
  readonly keySchemaMetadata?: SchemaMetadata;
}

/** The dead letter of a record that the mapping hands over like that, for a handler that always throws. */
async function deadLetterOf({ key, value, ...metadata }: Given, deserializer: Deserializer): Promise<StoredDeadLetter> {
  const producer = new MemoryProducer();
  const handler = middy()
    .use(partialBatchResponse({ reportBatchItemFailures: true }))
    .use(deadLetters({ topic: "orders.inventory.dlt", consumerGroup: "inventory", producer, maxAttempts: 1 }))
    .use(cloudEvents({ deserializer }))
    .use(idempotency({ store: new MemoryStore(), consumerGroup: "inventory", ttlSeconds: 60 }))
    .handler(
      eachRecord(
        () => {
          throw new Error("no decision");
        },
        { logger: createLogger({ service: "test", write: () => {} }) },
      ),
    );
  const event = { id: "e-1", source: "/shop", type: "OrderCreated", datacontenttype: "application/avro", data: value };
  const msk = mskEvent({ topic: "orders", records: [event] });
  for (const record of msk.records["orders-0"] ?? []) {
    Object.assign(record, metadata, key && { key: key.toString("base64") });
  }
  await invoke(handler, msk);
  const [sent] = producer.sent;
  if (sent === undefined) throw new Error("there is no dead letter");
  return read({ topic: sent.topic, partition: 0, offset: 0, timestampMs: 0, ...sent.record });
}

describe.each(Object.entries(formats))("%s as SOURCE of a Confluent registry", (_, format) => {
  const valueSchemaMetadata: SchemaMetadata = { dataFormat: format.schemaType, schemaId: "42" };

  test("is dead-lettered and redriven as the topic had it", async () => {
    const value = await written(format, order);
    const letter = await deadLetterOf(
      { value: value.subarray(5), valueSchemaMetadata },
      deserializerOf(format, "SOURCE"),
    );
    expect(letter).toMatchObject({ errorCode: "HANDLER_FAILED", obstacle: undefined });
    expect(letter.source.value).toEqual(value);
    expect(redriveRecord(letter).value).toEqual(value);
  });
});

test("bytes that do not fit their schema are dead-lettered as the topic had them, and so is a key", async () => {
  const letter = await deadLetterOf(
    {
      key: Buffer.from("k"),
      value: Buffer.from([0xff]),
      valueSchemaMetadata: { dataFormat: "AVRO", schemaId: "42" },
      keySchemaMetadata: { dataFormat: "AVRO", schemaId: "7" },
    },
    deserializerOf(formats.AVRO, "SOURCE"),
  );
  expect(letter).toMatchObject({ errorCode: "MALFORMED_PAYLOAD", obstacle: undefined });
  expect(redriveRecord(letter)).toMatchObject({
    key: Buffer.from([0, 0, 0, 0, 7, 0x6b]),
    value: framed([0xff]),
  });
});

test("a key that the mapping left alone stays what it is, as does a value without metadata", async () => {
  const value = await written(formats.AVRO, order);
  const letter = await deadLetterOf({ key: Buffer.from("k"), value }, deserializerOf(formats.AVRO, "SOURCE"));
  expect(redriveRecord(letter)).toMatchObject({ key: Buffer.from("k"), value });
});

test.each<[string, string, Deserializer]>([
  ["JSON that the mapping made", "42", deserializerOf(formats.AVRO, "JSON")],
  ["JSON that the mapping made with AWS Glue", glueId, deserializerOf(formats.AVRO, "JSON")],
  ["what the mapping made in a format that the deserializer does not say", "42", jsonDeserializer],
])("%s is dead-lettered as it is, says so, and is not redriven", async (_, schemaId, deserializer) => {
  const valueSchemaMetadata = { dataFormat: "AVRO", schemaId } as const;
  const letter = await deadLetterOf({ value: json, valueSchemaMetadata }, deserializer);
  const obstacle = `the mapping has deserialized its value (schema AVRO/${schemaId}): the topic had other bytes, which are not known`;

  expect(letter).toMatchObject({ errorCode: "HANDLER_FAILED", obstacle });
  expect(letter.source.value).toEqual(json);
  expect(() => redriveRecord(letter)).toThrow(
    expect.objectContaining({
      code: "INVALID_OPTIONS",
      message: `orders.inventory.dlt/0/0 cannot be redriven: ${obstacle}`,
    }),
  );
  const event = { attributes: undefined, data: undefined, problem: undefined };
  const shown = showText({ letter, event, history: [] }, (_style, text) => text);
  expect(shown).toContain(`no redrive      ${obstacle}`);
});

test("a key that the mapping made JSON of is named beside the value, and the headers of dead letters are not the record's", async () => {
  const schemas = { dataFormat: "AVRO", schemaId: "42" } as const;
  const letter = await deadLetterOf(
    { key: json, value: json, valueSchemaMetadata: schemas, keySchemaMetadata: { ...schemas, schemaId: "7" } },
    deserializerOf(formats.AVRO, "JSON"),
  );
  expect(letter.obstacle).toContain("its key and value (schema AVRO/7 and AVRO/42)");
  expect(letter.source.headers.map(([name]) => name).filter((name) => name.startsWith("dlt-"))).toEqual([]);
});

test("SOURCE of AWS Glue is a wrong setting: the invocation fails, and no record is dead-lettered", async () => {
  const given = { value: Buffer.from("x"), valueSchemaMetadata: { dataFormat: "AVRO", schemaId: glueId } } as const;
  await expect(deadLetterOf(given, deserializerOf(formats.AVRO, "SOURCE"))).rejects.toMatchObject({
    code: "INVALID_OPTIONS",
  });
});

test("a tombstone has nothing that could have been deserialized", async () => {
  const letter = await deadLetterOf(
    { value: undefined, valueSchemaMetadata: { dataFormat: "AVRO", schemaId: "42" } },
    deserializerOf(formats.AVRO, "JSON"),
  );
  expect(letter.obstacle).toBeUndefined();
  expect(redriveRecord(letter).value).toBeNull();
});

test("an offloaded record that the mapping has deserialized is not redriven: in which format, nothing says", () => {
  const record = {
    topic: "orders",
    partition: 0,
    offset: 1,
    timestamp: 0,
    timestampType: "CREATE_TIME",
    value: "eA==",
  };
  const document = (more: object) => ({
    requestContext: { functionArn: "arn:aws:lambda:eu-central-1:1:function:inventory", condition: "RetriesExhausted" },
    timestamp: "2026-01-03T18:16:05.568Z",
    payload: { eventSource: "aws:kafka", records: { "orders-0": [{ ...record, ...more }] } },
  });
  const obstacleOf = (more: object) =>
    readDeadLetters(
      {
        topic: "orders.inventory.dlt",
        partition: 0,
        offset: 0,
        timestampMs: 0,
        key: null,
        value: Buffer.from(JSON.stringify(document(more))),
        headers: [],
      },
      { groupOf: () => "inventory" },
    )[0]?.obstacle;

  expect(obstacleOf({})).toBeUndefined();
  expect(obstacleOf({ valueSchemaMetadata: { dataFormat: "AVRO", schemaId: "42" } })).toContain("(schema AVRO/42)");
});
