import { expect, test } from "vitest";
import { toEvent } from "../../../shared/cloudevents/index.ts";
import { sourceRecord, throughLambda } from "../../fixtures/events/source-record.ts";
import { errorOf } from "./error-of.ts";

const contentType = ["content-type", "application/cloudevents+json; charset=UTF-8"] as const;
const bare = { specversion: "1.0", id: "1", source: "/orders", type: "com.example.Something" };

function structured(value: object | string | Buffer, ...headers: (readonly [string, string])[]) {
  const bytes = typeof value === "string" || Buffer.isBuffer(value) ? value : JSON.stringify(value);
  return sourceRecord([contentType, ...headers], bytes);
}

test.each([
  "application/cloudevents+json",
  "application/cloudevents+json; charset=UTF-8",
  "Application/CloudEvents+JSON;charset=us-ascii",
  " APPLICATION/CLOUDEVENTS+JSON ; a=b",
])("reads content type %j as structured mode", (type) => {
  const record = sourceRecord([["content-type", type]], JSON.stringify(bare));
  expect(toEvent(record)).toEqual(bare);
  expect(toEvent(throughLambda(record))).toEqual(bare);
});

test("keeps attributes as they came: time to the nanosecond, booleans, whole numbers, UTF-8; null ones are absent", () => {
  const event = {
    ...bare,
    time: "2026-01-01T00:00:00.123456789-00:00",
    subject: "Café 🎉",
    partitionkey: "k",
    last: true,
    count: -2147483648,
    note: "",
  };
  expect(toEvent(structured({ ...event, dataschema: null, gone: null, data_base64: null }))).toEqual(event);
});

test("a byte order mark before the JSON is ignored, two are none", () => {
  const text = JSON.stringify({ ...bare, data: { a: 1 } });
  const event = { ...bare, datacontenttype: "application/json", data: Buffer.from('{"a":1}') };
  expect(toEvent(structured(`\ufeff${text}`))).toEqual(event);
  expect(errorOf(() => toEvent(structured(`\ufeff\ufeff${text}`)))).toMatchObject({ code: "MALFORMED_EVENT" });
  expect(errorOf(() => toEvent(structured("\ufeff")))).toMatchObject({ code: "MALFORMED_EVENT" });
});

test("gives JSON data as the bytes that they stand in", () => {
  const data = ' {"b": 12345678901234567890, "10":1, "2":"\\u0041}]\\"", "a":[[1],{"c":null}]}';
  const text = `\n{ "data" :${data} , "datacontenttype":"application/vnd.shop+json; v=1", ${JSON.stringify(bare).slice(1)}\n`;
  expect(toEvent(structured(text))).toEqual({
    ...bare,
    datacontenttype: "application/vnd.shop+json; v=1",
    data: Buffer.from(data.trim()),
  });
});

test("null data are none, but a value like any other where they are JSON", () => {
  const dataOf = (members: object) => toEvent(structured({ ...bare, ...members, data: null })).data;
  expect(dataOf({ datacontenttype: "application/avro" })).toBeUndefined();
  expect(dataOf({ datacontenttype: "text/plain" })).toBeUndefined();
  expect(dataOf({ datacontenttype: "application/vnd.shop+json" })).toEqual(Buffer.from("null"));
  expect(dataOf({})).toEqual(Buffer.from("null"));
});

test.each(["null", "7", "-1.5e3", "true", '"text"', "[]", "{}", '"a\\\\"'])("JSON data may be %s", (data) => {
  const text = JSON.stringify(bare).replace("}", `,"data":${data}}`);
  expect(toEvent(structured(text))).toEqual({ ...bare, datacontenttype: "application/json", data: Buffer.from(data) });
});

test("data without a datacontenttype are JSON, and are said to be", () => {
  expect(toEvent(structured({ ...bare, data: "x" }))).toMatchObject({
    datacontenttype: "application/json",
    data: Buffer.from('"x"'),
  });
});

test("data of another datacontenttype are their text", () => {
  const event = { ...bare, datacontenttype: "text/xml", data: '<a b="ü"/>' };
  expect(toEvent(structured(event)).data).toEqual(Buffer.from('<a b="ü"/>'));
});

test("data_base64 are bytes, whatever the datacontenttype", () => {
  const bytes = Buffer.from([0, 255, 10]);
  for (const datacontenttype of ["application/avro", "application/json", undefined]) {
    const event = { ...bare, ...(datacontenttype && { datacontenttype }) };
    expect(toEvent(structured({ ...event, data_base64: bytes.toString("base64") }))).toEqual({ ...event, data: bytes });
  }
  expect(toEvent(structured({ ...bare, data_base64: "" })).data).toEqual(Buffer.alloc(0));
});

test("an event without data has none, though its record has a value", () => {
  expect(toEvent(structured(bare))).not.toHaveProperty("data");
});

test("ce_ headers may repeat what the event says", () => {
  const copies = [
    ["ce_id", "1"],
    ["ce_count", "7"],
    ["shop", "a"],
  ] as const;
  expect(toEvent(structured({ ...bare, count: 7 }, ...copies))).toEqual({ ...bare, count: 7 });
});

test.each([
  ["another value", ["ce_id", "2"]],
  ["an attribute that the event lacks", ["ce_subject", "x"]],
  ["data", ["ce_data", "x"]],
] as const)("refuses a ce_ header that contradicts the event: %s", (_, header) => {
  const error = errorOf(() => toEvent(structured({ ...bare, data: "x" }, header)));
  expect(error).toMatchObject({ code: "MALFORMED_EVENT" });
  expect(error.message).toContain(`header ${header[0]} contradicts the event`);
});

test.each([
  ["a second content-type, after that of the structured event", ["content-type", "a/b"], "content-type appears more"],
  ["the same content-type again", contentType, "content-type appears more than once"],
  ["a ce_ header that appears twice, though it repeats the event", ["ce_id", "1"], "ce_id appears more than once"],
] as const)("refuses %s", (_, header, message) => {
  const record = structured(bare, ...(header[0] === "ce_id" ? [header, header] : [header]));
  for (const coming of [record, throughLambda(record)]) {
    const error = errorOf(() => toEvent(coming));
    expect(error).toMatchObject({ code: "MALFORMED_EVENT", message: expect.stringContaining(message) });
  }
});

const secret = "4111111111111111";

test.each([
  ["no JSON", `{"card":"${secret}`, "the value is not JSON"],
  ["a list", `["${secret}"]`, "the value must be a JSON object"],
  ["null", "null", "the value must be a JSON object"],
  ["broken UTF-8", Buffer.from([0x7b, 0xff, 0x7d]), "the value is not UTF-8"],
  ["nothing in it", "{}", "member specversion is missing; member id is missing; member source is missing; member type"],
  ["a null id", { ...bare, id: null }, "member id is missing"],
  ["an id that is no text", { ...bare, id: 5 }, "id must be a text, got 5"],
  ["a wrong version", { ...bare, specversion: "0.3" }, 'specversion must be "1.0"'],
  ["a wrong time", { ...bare, time: "yesterday" }, "time must be an RFC 3339 time"],
  ["a relative schema", { ...bare, dataschema: "a/b" }, "dataschema must be a URI"],
  ["a capital in a name", { ...bare, orderId: "1" }, 'attribute "orderId"'],
  ["an object as attribute", { ...bare, shop: { card: secret } }, "shop must be a text, a boolean or a whole number"],
  ["a list as attribute", { ...bare, shop: [secret] }, "got a list"],
  ["a fraction", { ...bare, weight: 1.5 }, "weight must be a text, a boolean or a whole number of 32 bits, got 1.5"],
  ["a number beyond 32 bits", { ...bare, count: 2 ** 31 }, "count must be a text, a boolean or a whole number"],
  ["a lone surrogate", `${JSON.stringify(bare).slice(0, -1)},"subject":"\\ud800"}`, "lone surrogates"],
  ["a control character", { ...bare, subject: "a\u0000" }, "control characters"],
  ["__proto__", `${JSON.stringify(bare).slice(0, -1)},"__proto__":{"x":1}}`, 'attribute "__proto__"'],
  ["data twice over", { ...bare, data: secret, data_base64: "AA==" }, "data and data_base64 exclude each other"],
  ["a name twice", `${JSON.stringify(bare).slice(0, -1)},"i\\u0064":"2"}`, "appears more than once"],
  ["data_base64 that is none", { ...bare, data_base64: "A" }, "data_base64 must be a text in base64"],
  ["data_base64 that is no text", { ...bare, data_base64: 5 }, "data_base64 must be a text in base64"],
  ["data that are no text", { ...bare, datacontenttype: "text/xml", data: { card: secret } }, "well-formed text"],
  [
    "data with a lone surrogate",
    `${JSON.stringify({ ...bare, datacontenttype: "text/xml" }).slice(0, -1)},"data":"\\udc00"}`,
    "well-formed text",
  ],
])("refuses %s", (_, value, message) => {
  const error = errorOf(() => toEvent(structured(value)));
  expect(error).toMatchObject({ code: "MALFORMED_EVENT", retriable: false });
  expect(error.message).toContain(message);
  expect(error.message).not.toContain(secret);
  expect(error.cause).toBeUndefined();
});

test("refuses a structured record without a value", () => {
  const error = errorOf(() => toEvent(sourceRecord([contentType])));
  expect(error).toMatchObject({ code: "MALFORMED_EVENT", message: expect.stringContaining("the record has no value") });
});

test.each(["application/cloudevents-batch+json", "Application/CloudEvents-Batch+JSON; charset=utf-8"])(
  "refuses a batch, %s, with an error of its own",
  (type) => {
    const error = errorOf(() => toEvent(sourceRecord([["content-type", type]], "[]")));
    expect(error).toMatchObject({ code: "BATCH_MODE_UNSUPPORTED", retriable: false });
  },
);

test.each(["application/cloudevents+avro", "application/cloudevents", "application/cloudevents+xml; a=b"])(
  "refuses the event format %s with an error of its own",
  (type) => {
    const error = errorOf(() => toEvent(sourceRecord([["content-type", type]], "x")));
    expect(error).toMatchObject({ code: "EVENT_FORMAT_UNSUPPORTED", retriable: false });
    expect(error.message).toContain("must be application/cloudevents+json");
  },
);
