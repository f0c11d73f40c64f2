import { CloudEvent, type CloudEventV1 } from "cloudevents";
import { describe, expect, test } from "vitest";
import { partitionKey, toBinaryRecord, toEvent } from "../../../shared/cloudevents/index.ts";
import { errorOf } from "./error-of.ts";

const event: CloudEventV1<Buffer> = {
  specversion: "1.0",
  id: "1",
  source: "/orders",
  type: "com.example.Something",
  time: "2026-01-01T00:00:00.123456789Z",
  datacontenttype: "application/avro",
  partitionkey: "Café",
  data: Buffer.from([0, 255]),
};
const { data: _, datacontenttype: __, ...bare } = event;

function headersOf(written: CloudEventV1<unknown>): Record<string, string> {
  return Object.fromEntries(toBinaryRecord(written).headers.map(([name, value]) => [name, value.toString()]));
}

test("writes attributes as ce_ headers and datacontenttype as content-type", () => {
  const record = toBinaryRecord(event, "key");
  expect(record.headers.map(([name, value]) => [name, value.toString()])).toEqual([
    ["ce_specversion", "1.0"],
    ["ce_id", "1"],
    ["ce_source", "/orders"],
    ["ce_type", "com.example.Something"],
    ["ce_time", "2026-01-01T00:00:00.123456789Z"],
    ["content-type", "application/avro"],
    ["ce_partitionkey", "Café"],
  ]);
  expect(record).toMatchObject({ key: Buffer.from("key"), value: Buffer.from([0, 255]) });
});

test("what is written is read again as it was", () => {
  const record = toBinaryRecord(event, "key");
  expect(toEvent({ ...record, topic: "t", partition: 0, offset: 0, timestampMs: 0 })).toEqual(event);
});

test("writes values of other types as their canonical texts and leaves undefined and null out", () => {
  const added = {
    count: -7,
    last: true,
    at: new Date(0),
    hash: Uint8Array.of(255, 0),
    time: new Date(1) as unknown as string,
    nothing: undefined,
    gone: null,
  };
  expect(headersOf({ ...bare, ...added })).toMatchObject({
    ce_count: "-7",
    ce_last: "true",
    ce_at: "1970-01-01T00:00:00.000Z",
    ce_hash: "/wA=",
    ce_time: "1970-01-01T00:00:00.001Z",
  });
  expect(Object.keys(headersOf({ ...bare, ...added }))).not.toContain("ce_nothing");
  expect(Object.keys(headersOf({ ...bare, ...added }))).not.toContain("ce_gone");
});

describe("the key", () => {
  test("is none unless there is one", () => {
    expect(toBinaryRecord(event).key).toBeNull();
    expect(toBinaryRecord(event, Buffer.from([255])).key).toEqual(Buffer.from([255]));
  });

  test("is taken from partitionkey on demand, which stays in the event", () => {
    expect(toBinaryRecord(event, partitionKey)).toMatchObject({ key: Buffer.from("Café") });
    expect(headersOf(event)).toMatchObject({ ce_partitionkey: "Café" });
    expect(toBinaryRecord({ ...event, partitionkey: undefined }, partitionKey).key).toBeNull();
  });

  test.each([
    ["a Date", new Date(0)],
    ["bytes", Uint8Array.of(255, 0)],
    ["a number", 7],
    ["false", false],
  ])("is the text that partitionkey is written as: %s", (___, partitionkey) => {
    const { key, headers } = toBinaryRecord({ ...bare, partitionkey }, partitionKey);
    expect(key).toEqual(headers.find(([name]) => name === "ce_partitionkey")?.[1]);
  });

  test("comes from a function, which adds nothing to the event", () => {
    const record = toBinaryRecord(bare, ({ id }) => `key-${id}`);
    expect(record.key).toEqual(Buffer.from("key-1"));
    expect(record.headers).toHaveLength(6);
  });

  test("must be well-formed", () => {
    expect(errorOf(() => toBinaryRecord(event, "\ud800"))).toMatchObject({ code: "MALFORMED_EVENT" });
  });
});

describe("data", () => {
  test.each([undefined, null])("%s is a null value, a tombstone", (data) => {
    expect(toBinaryRecord({ ...bare, data }).value).toBeNull();
  });

  test.each([
    ["a Buffer", Buffer.from([1, 2])],
    ["a typed array", Uint8Array.of(0, 1, 2).subarray(1)],
    ["a DataView", new DataView(Uint8Array.of(1, 2).buffer)],
    ["an ArrayBuffer", Uint8Array.of(1, 2).buffer],
  ])("%s is taken as it is", (___, data) => {
    const record = toBinaryRecord({ ...bare, datacontenttype: "application/avro", data });
    expect(record.value).toEqual(Buffer.from([1, 2]));
  });

  test("of data_base64 are its bytes", () => {
    expect(toBinaryRecord({ ...bare, data_base64: "AQI=" }).value).toEqual(Buffer.from([1, 2]));
  });

  test.each([
    ["an object", { b: 1, a: "ü" }, '{"b":1,"a":"ü"}'],
    ["a text, which is a JSON string", "text", '"text"'],
    ["a number", 1.5, "1.5"],
    ["false", false, "false"],
  ])("under a JSON type, %s is written as JSON", (___, data, json) => {
    const record = toBinaryRecord({ ...bare, datacontenttype: "application/vnd.shop+json; v=1", data });
    expect(record.value?.toString()).toBe(json);
  });

  test("without a type are JSON, and are said to be", () => {
    expect(headersOf({ ...bare, data: { a: 1 } })).toMatchObject({ "content-type": "application/json" });
    expect(headersOf({ ...bare, data: Buffer.from("x") })).not.toHaveProperty("content-type");
  });

  test("that are no bytes at all, without a type, get one: else they would be read as none", () => {
    const record = toBinaryRecord({ ...bare, data: Buffer.alloc(0) });
    expect(toEvent({ ...record, topic: "t", partition: 0, offset: 0, timestampMs: 0 })).toEqual({
      ...bare,
      datacontenttype: "application/octet-stream",
      data: Buffer.alloc(0),
    });
  });

  test("of a text under another type are its UTF-8", () => {
    const record = toBinaryRecord({ ...bare, datacontenttype: "text/plain", data: "grüße" });
    expect(record.value).toEqual(Buffer.from("grüße"));
  });
});

describe("CloudEvent of the cloudevents package", () => {
  const attributes = { id: "1", source: "/orders", type: "com.example.Something", count: 7 };

  test.each([
    ["bytes", { datacontenttype: "application/avro", data: Buffer.from([0, 255]) }, Buffer.from([0, 255])],
    ["data_base64", { datacontenttype: "application/avro", data_base64: "AP8=" }, Buffer.from([0, 255])],
    ["empty bytes", { data: Buffer.alloc(0) }, Buffer.alloc(0)],
    ["an object", { data: { a: 1 } }, Buffer.from('{"a":1}')],
    ["no data", {}, null],
  ])("is written with %s, its unset attributes left out", (___, fields, value) => {
    const cloudEvent = new CloudEvent<unknown>({ ...attributes, ...fields });
    const record = toBinaryRecord(cloudEvent);
    expect(record.value).toEqual(value);
    expect(headersOf(cloudEvent)).toMatchObject({ ce_specversion: "1.0", ce_id: "1", ce_count: "7" });
    for (const [name, bytes] of record.headers) expect([name, bytes.toString()]).not.toContain("undefined");
    expect(toEvent({ ...record, topic: "t", partition: 0, offset: 0, timestampMs: 0 }).time).toBe(cloudEvent.time);
  });
});

test("foreign headers follow as they are", () => {
  const foreign = [
    ["shop", Buffer.from([255])],
    ["shop", Buffer.alloc(0)],
  ] as const;
  expect(toBinaryRecord(event, null, foreign).headers.slice(-2)).toEqual(foreign);
});

const secret = "4111111111111111";
const circle: { card: string; self?: unknown } = { card: secret };
circle.self = circle;

test.each([
  ["an empty id", { id: "" }, "id must be a non-empty text"],
  ["an id that is no text", { id: 5 }, "id must be a text, got 5"],
  ["no type", { type: undefined }, "type is missing"],
  ["a wrong version", { specversion: "0.3" }, 'specversion must be "1.0"'],
  ["a name with a capital", { orderId: "1" }, 'attribute "orderId"'],
  ["a fraction", { weight: 1.5 }, "weight must be a text, a boolean, a whole number of 32 bits"],
  ["a number beyond 32 bits", { count: 2 ** 31 }, "count must be a text"],
  ["no number", { count: Number.NaN }, "count must be a text"],
  ["a lone surrogate", { subject: "\ud800" }, "subject must be free of"],
  ["an object", { shop: { card: secret } }, "shop must be a text"],
  ["an invalid date", { time: new Date(Number.NaN) }, "time must be a text, got an invalid date"],
  ["a date beyond RFC 3339", { time: new Date(8.64e15) }, "time must be an RFC 3339 time"],
  ["a source that is no URI reference", { source: "a b" }, "source must be a URI reference"],
  ["an object under a type that is not JSON", { data: { card: secret } }, "must be bytes or a well-formed text"],
  ["a circle", { datacontenttype: "text/json", data: circle }, "data cannot be written as JSON"],
  ["a function", { datacontenttype: "text/json", data: () => secret }, "data cannot be written as JSON"],
  ["a bigint", { datacontenttype: "text/json", data: 1n }, "data cannot be written as JSON"],
  ...["json", "avro"].map((format): [string, object, string] => [
    `a datacontenttype that says structured mode, in ${format}`,
    { datacontenttype: `Application/CloudEvents+${format}; v=1`, data: Buffer.from("{}") },
    "datacontenttype must not begin with application/cloudevents, which readers take for structured or batch mode",
  ]),
  ["one that says batch mode", { datacontenttype: "application/cloudevents-batch+json" }, "structured or batch mode"],
  ["two data", { data: secret, data_base64: "AAAA" }, "data and data_base64 exclude each other"],
  ["data_base64 of other bytes", { data_base64: "AAAA" }, "data and data_base64 exclude each other"],
  ["data_base64 that is none", { data_base64: "A" }, "data_base64 must be a text in base64"],
])("refuses %s", (___, change, message) => {
  const error = errorOf(() => toBinaryRecord({ ...event, ...change } as CloudEventV1<unknown>));
  expect(error).toMatchObject({ code: "MALFORMED_EVENT", retriable: false });
  expect(error.message).toContain(message);
  expect(error.message).not.toContain(secret);
  expect(error.cause).toBeUndefined();
});

test("names everything that is wrong at once", () => {
  const { message } = errorOf(() => toBinaryRecord({ ...event, id: "", source: "a b", data_base64: "A" }));
  expect(message).toMatch(/id must .*; source must .*; data_base64 must /);
});
