import { CloudEvent, type CloudEventV1 } from "cloudevents";
import { expect, test } from "vitest";
import { partitionKey, toEvent, toStructuredRecord } from "../../../shared/cloudevents/index.ts";
import { errorOf } from "./error-of.ts";

const bare: CloudEventV1<unknown> = {
  specversion: "1.0",
  id: "1",
  source: "/orders",
  type: "com.example.Something",
  time: "2026-01-01T00:00:00.123456789Z",
};

function envelopeOf(event: CloudEventV1<unknown>): string {
  return toStructuredRecord(event).value?.toString() ?? "";
}

function readAgain(event: CloudEventV1<unknown>) {
  return toEvent({ ...toStructuredRecord(event), topic: "t", partition: 0, offset: 0, timestampMs: 0 });
}

test("writes the event as a JSON object whose content type says so", () => {
  const event = { ...bare, subject: "Café", count: -7, last: true, nothing: undefined, partitionkey: "k" };
  const record = toStructuredRecord(event, partitionKey, [["shop", Buffer.from("a")]]);
  expect(record.headers).toEqual([
    ["content-type", Buffer.from("application/cloudevents+json; charset=UTF-8")],
    ["shop", Buffer.from("a")],
  ]);
  expect(record.key).toEqual(Buffer.from("k"));
  expect(JSON.parse(record.value?.toString() ?? "")).toStrictEqual({
    ...bare,
    subject: "Café",
    count: -7,
    last: true,
    partitionkey: "k",
  });
});

test("data may be an event themselves", () => {
  const event = { ...bare, datacontenttype: "application/cloudevents+json", data: Buffer.from('{"id":"2"}') };
  expect(readAgain(event)).toEqual(event);
});

test.each(['{"b": 12345678901234567890,\n"a":[]}', "null", '"x"', "1e3"])(
  "JSON bytes stand in data to the letter: %j",
  (json) => {
    const event = { ...bare, datacontenttype: "application/json", data: Buffer.from(json) };
    expect(envelopeOf(event)).toContain(`,"data":${json}}`);
    expect(readAgain(event)).toEqual(event);
  },
);

test.each([
  ["bytes of another type", "application/avro", Buffer.from("{}")],
  ["bytes without a type", undefined, Buffer.from("{}")],
  ["what is called JSON and is none", "application/json", Buffer.from([0, 0, 0, 0, 7, 0x7b, 0x7d])],
  ["JSON with space around it", "application/json", Buffer.from("{}\n")],
  ["JSON that is no UTF-8", "application/json", Buffer.from([0x22, 0xff, 0x22])],
  ["nothing", "application/json", Buffer.alloc(0)],
])("writes %s as data_base64", (_, datacontenttype, data) => {
  const event = { ...bare, ...(datacontenttype && { datacontenttype }), data };
  expect(JSON.parse(envelopeOf(event))).toMatchObject({ data_base64: data.toString("base64") });
  expect(readAgain(event)).toEqual(event);
});

test("writes objects as JSON and texts of another type as texts", () => {
  expect(JSON.parse(envelopeOf({ ...bare, data: { a: "ü" } }))).toEqual({ ...bare, data: { a: "ü" } });
  const xml = { ...bare, datacontenttype: "text/xml", data: '<a b="ü"/>' };
  expect(JSON.parse(envelopeOf(xml))).toEqual(xml);
});

test("an event without data has a value, and no data when it is read again", () => {
  expect(toStructuredRecord({ ...bare, data: null }).value).not.toBeNull();
  expect(readAgain(bare)).toEqual(bare);
});

test("accepts CloudEvent of the cloudevents package", () => {
  const cloudEvent = new CloudEvent({ ...bare, datacontenttype: "application/avro", data: Buffer.from([0, 255]) });
  expect(readAgain(cloudEvent)).toEqual({ ...bare, datacontenttype: "application/avro", data: Buffer.from([0, 255]) });
});

test.each([
  ["a missing type", { type: undefined }, "type is missing"],
  ["data that cannot be JSON", { data: 1n }, "data cannot be written as JSON"],
  ["a lone surrogate in a text", { datacontenttype: "text/plain", data: "\ud800" }, "well-formed text"],
])("refuses %s", (_, change, message) => {
  const error = errorOf(() => toStructuredRecord({ ...bare, ...change } as CloudEventV1<unknown>));
  expect(error).toMatchObject({ code: "MALFORMED_EVENT", message: expect.stringContaining(message) });
});
