import { expect, test } from "vitest";
import { headerOf, type SourceRecord, sourceRecordsOf } from "../../../shared/msk-event/index.ts";
import { mskEvent } from "../../fixtures/events/msk-event.ts";
import twoPartitions from "../../fixtures/events/two-partitions.json" with { type: "json" };

test("reads every record of every partition with its place and time", () => {
  const records = sourceRecordsOf(twoPartitions);
  expect(records.map(({ topic, partition, offset, timestampMs }) => [topic, partition, offset, timestampMs])).toEqual([
    ["order-events", 0, 15, 1767225600000],
    ["order-events", 0, 16, 1767225600001],
    ["order-events", 3, 7, 1767225600002],
  ]);
  expect(records.map(({ timestampType }) => timestampType)).toEqual(["CREATE_TIME", "CREATE_TIME", "LOG_APPEND_TIME"]);
});

test("decodes key and value from base64", () => {
  const [record] = sourceRecordsOf(twoPartitions);
  expect(record?.key?.toString()).toBe("536365");
  expect(record?.value).toEqual(Buffer.from([0, 0, 0, 0, 42, 104, 105]));
});

test("makes signed header bytes unsigned, keeps order and repeated names", () => {
  const [record] = sourceRecordsOf(twoPartitions);
  expect(record?.headers).toEqual([
    ["ce_id", Buffer.from("e-1")],
    ["shop", Buffer.from("Café")],
    ["raw", Buffer.from([118, 220, 0, 127, 128])],
    ["shop", Buffer.from("Bar")],
  ]);
});

test("tells a tombstone from an empty value, and no key from a key", () => {
  const [, tombstone, empty] = sourceRecordsOf(twoPartitions);
  expect(tombstone).toMatchObject({ value: null, key: Buffer.from("536365") });
  expect(empty).toMatchObject({ value: Buffer.alloc(0), key: null });
});

test.each([
  ["absent", {}],
  ["null", { key: null, value: null }],
  ["an empty key", { key: "", value: null }],
])("takes %s as no key and no value", (_, fields) => {
  const event = mskEvent([{ offset: 1 }]);
  Object.assign(event.records["order-events-0"]?.[0] ?? {}, fields);
  expect(sourceRecordsOf(event)).toMatchObject([{ key: null, value: null }]);
});

test("takes absent headers as none", () => {
  const event = mskEvent([{ offset: 1 }]);
  delete event.records["order-events-0"]?.[0]?.headers;
  expect(sourceRecordsOf(event)).toMatchObject([{ headers: [] }]);
});

test("gives the records of a partition in offset order", () => {
  const event = mskEvent([{ offset: 12 }, { offset: 9 }, { offset: 10 }]);
  expect(sourceRecordsOf(event).map(({ offset }) => offset)).toEqual([9, 10, 12]);
});

test("makes the headers when they are asked for, once", () => {
  const [record] = sourceRecordsOf(mskEvent([{ offset: 1, headers: [["a", "1"]] }]));
  expect(record?.headers).toBe(record?.headers);
});

test("keeps what the mapping says of a value that it has deserialized", () => {
  const event = mskEvent([{ offset: 1 }]);
  const valueSchemaMetadata = { dataFormat: "AVRO", schemaId: "7" };
  Object.assign(event.records["order-events-0"]?.[0] ?? {}, { valueSchemaMetadata });
  expect(sourceRecordsOf(event)).toMatchObject([{ valueSchema: valueSchemaMetadata }]);
  expect(sourceRecordsOf(mskEvent([{ offset: 1 }]))).toMatchObject([{ valueSchema: undefined }]);
});

test("a header that is no list of bytes fails nothing here, and is empty as bytes", () => {
  const event = mskEvent([{ offset: 1 }, { offset: 2 }]);
  const headers = [{ a: 5 }, null, { b: [{ valueOf: 1, toString: 1 }], c: null }];
  Object.assign(event.records["order-events-0"]?.[0] ?? {}, { headers });
  const [record] = sourceRecordsOf(event);
  expect(record?.headers).toEqual(["a", "b", "c"].map((name) => [name, Buffer.alloc(0)]));
});

test.each([
  ["of a Lambda event", sourceRecordsOf(twoPartitions)[0]],
  ["of kafkajs", { ...sourceRecordsOf(twoPartitions)[0], headers: sourceRecordsOf(twoPartitions)[0]?.headers }],
])("finds the first header of a name in a record %s", (_, record) => {
  expect(headerOf(record as SourceRecord, "shop")).toEqual(Buffer.from("Café"));
  expect(headerOf(record as SourceRecord, "constructor")).toBeUndefined();
});

/** An event of one record, right but for what is changed. */
function eventOf(change: object): unknown {
  const event = mskEvent([{ offset: 1, key: "k", value: Buffer.from("value") }]);
  Object.assign(event.records["order-events-0"]?.[0] ?? {}, change);
  return event;
}

test.each([
  ["nothing", undefined],
  ["an SQS event", { Records: [] }],
  ["another Kafka", { eventSource: "SelfManagedKafka", records: {} }],
  ["no records", { eventSource: "aws:kafka" }],
  ["records that are no list", { eventSource: "aws:kafka", records: { "t-0": {} } }],
  ["a null record", { eventSource: "aws:kafka", records: { "t-0": [null] } }],
  ["a record without a topic", eventOf({ topic: undefined })],
  ["a partition that is no whole number", eventOf({ partition: 1.5 })],
  ["an offset that is a text", eventOf({ offset: "1" })],
  ["a record without a timestamp", eventOf({ timestamp: undefined })],
  ["a value that is no text", eventOf({ value: 5 })],
  ["a value that is no base64", eventOf({ value: "dmFs dWU=" })],
  ["a key that is no base64", eventOf({ key: "é" })],
  ["a value that was cut", eventOf({ value: "dmFsdWU" })],
  ["headers that are no list", eventOf({ headers: {} })],
  ["schema metadata that are none", eventOf({ valueSchemaMetadata: { dataFormat: "AVRO" } })],
])("refuses %s as no MSK event", (_, event) => {
  expect(() => sourceRecordsOf(event)).toThrow(expect.objectContaining({ code: "MALFORMED_EVENT" }));
});
