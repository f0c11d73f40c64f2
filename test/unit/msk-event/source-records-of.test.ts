import { expect, test } from "vitest";
import { sourceRecordsOf } from "../../../shared/msk-event/index.ts";
import { mskEvent } from "../../fixtures/events/msk-event.ts";
import twoPartitions from "../../fixtures/events/two-partitions.json" with { type: "json" };

test("reads every record of every partition with its place and time", () => {
  const records = sourceRecordsOf(twoPartitions);
  expect(records.map(({ topic, partition, offset, timestampMs }) => [topic, partition, offset, timestampMs])).toEqual([
    ["order-events", 0, 15, 1767225600000],
    ["order-events", 0, 16, 1767225600001],
    ["order-events", 3, 7, 1767225600002],
  ]);
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

test.each([
  ["nothing", undefined],
  ["an SQS event", { Records: [] }],
  ["another Kafka", { eventSource: "SelfManagedKafka", records: {} }],
  ["no records", { eventSource: "aws:kafka" }],
  ["records that are no list", { eventSource: "aws:kafka", records: { "t-0": {} } }],
  ["records that are no records", { eventSource: "aws:kafka", records: { "t-0": [{ topic: "t" }] } }],
  ["a null record", { eventSource: "aws:kafka", records: { "t-0": [null] } }],
  [
    "a value that is no text",
    { eventSource: "aws:kafka", records: { "t-0": [{ topic: "t", partition: 0, offset: 1, value: 5 }] } },
  ],
  [
    "header bytes that are no list",
    { eventSource: "aws:kafka", records: { "t-0": [{ topic: "t", partition: 0, offset: 1, headers: [{ a: 5 }] }] } },
  ],
])("refuses %s as no MSK event", (_, event) => {
  expect(() => sourceRecordsOf(event)).toThrow(expect.objectContaining({ code: "MALFORMED_EVENT" }));
});
