import type { CloudEventV1 } from "cloudevents";
import { expect, test } from "vitest";
import { toBinaryRecord, toEvent } from "../../../shared/cloudevents/index.ts";

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

test("writes whole numbers and booleans as their canonical texts and leaves undefined out", () => {
  const { headers } = toBinaryRecord({ ...event, count: -7, last: true, nothing: undefined }, "key");
  const texts = Object.fromEntries(headers.map(([name, value]) => [name, value.toString()]));
  expect(texts).toMatchObject({ ce_count: "-7", ce_last: "true" });
  expect(texts).not.toHaveProperty("ce_nothing");
});

test("no data is a null value", () => {
  const { data: _, ...bare } = event;
  expect(toBinaryRecord(bare, "key").value).toBeNull();
});

test.each([
  ["an empty id", { id: "" }, "id must be a non-empty text"],
  ["a name with a capital", { orderId: "1" }, 'attribute "orderId"'],
  ["a fraction", { weight: 1.5 }, "weight must be a text, whole number or boolean"],
  ["a number beyond 32 bits", { count: 2 ** 31 }, "count must be a text"],
  ["a lone surrogate", { subject: "\ud800" }, "subject must be a text"],
  ["an object", { shop: {} }, "shop must be a text"],
])("refuses %s", (_, change, message) => {
  expect(() => toBinaryRecord({ ...event, ...change }, "key")).toThrow(
    expect.objectContaining({ code: "MALFORMED_EVENT", message: expect.stringContaining(message) }),
  );
});
