import { describe, expect, test } from "vitest";
import {
  claimedIdentity,
  foreignHeadersOf,
  isEvent,
  toBinaryRecord,
  toEvent,
  toStructuredRecord,
} from "../../../shared/cloudevents/index.ts";
import { sourceRecord, throughLambda } from "../../fixtures/events/source-record.ts";
import { errorOf } from "./error-of.ts";

const required = [
  ["ce_specversion", "1.0"],
  ["ce_id", "1"],
  ["ce_source", "/orders"],
  ["ce_type", "com.example.Something"],
] as const;

describe.each([
  ["kafkajs", (record: ReturnType<typeof sourceRecord>) => record],
  ["a Lambda event", throughLambda],
])("a record of %s", (_, coming) => {
  test.each([
    ["all required attributes", required, true],
    ["required attributes that are wrong", required.map(([name]) => [name, ""] as const), true],
    ["one attribute too few", required.slice(1), false],
    ["a structured event", [["content-type", "Application/CloudEvents+JSON; charset=utf-8"]], true],
    ["a batch, which toEvent refuses", [["content-type", "application/cloudevents-batch+json"]], true],
    ["JSON of its own", [["content-type", "application/json"]], false],
    ["no header", [], false],
  ] as const)("with %s: isEvent is as expected", (__, headers, expected) => {
    expect(isEvent(coming(sourceRecord(headers)))).toBe(expected);
  });

  test("gives its foreign headers in their order, repeated and empty ones too", () => {
    const foreign = [
      ["shop", "b"],
      ["traceparent", "00"],
      ["shop", "a"],
      ["Content-Type", ""],
    ] as const;
    const headers = [foreign[0], ...required, ["content-type", "a/b"] as const, ...foreign.slice(1)];
    const expected = foreign.map(([name, text]) => [name, Buffer.from(text)]);
    expect(foreignHeadersOf(coming(sourceRecord(headers)))).toEqual(expected);
  });

  test("is written again as it was from event, key and foreign headers", () => {
    const headers = [...required, ["content-type", "a/b"], ["shop", Buffer.from([255])], ["shop", ""]] as const;
    const record = { ...sourceRecord(headers, Buffer.from([0, 255])), key: Buffer.from([254]) };
    const { key, value } = record;
    const again = toBinaryRecord(toEvent(coming(record)), record.key, foreignHeadersOf(coming(record)));
    expect(again).toEqual({ key, value, headers: record.headers });
  });

  test("claims an identity, though its event is wrong", () => {
    const claimed = { source: "/orders", id: "1" };
    expect(claimedIdentity(coming(sourceRecord(required.slice(1))))).toEqual(claimed);
    const structured = [
      ["content-type", "application/cloudevents+json"],
      ["ce_id", "2"],
    ] as const;
    expect(claimedIdentity(coming(sourceRecord(structured, JSON.stringify(claimed))))).toEqual(claimed);
  });

  test.each([
    ["no headers", [], null],
    [
      "an empty id",
      [
        ["ce_id", ""],
        ["ce_source", "/orders"],
      ],
      null,
    ],
    ["a structured record that is no JSON", [["content-type", "application/cloudevents+json"]], "{"],
    ["a structured tombstone", [["content-type", "application/cloudevents+json"]], null],
    ["an id that is no text", [["content-type", "application/cloudevents+json"]], '{"id":1,"source":"/orders"}'],
  ] as const)("claims no identity with %s", (__, headers, value) => {
    expect(claimedIdentity(coming(sourceRecord(headers, value)))).toBeUndefined();
  });
});

test.each(["ce_id", "ce_shop", "content-type"])("a %s among foreign headers is refused, in both modes", (name) => {
  const event = toEvent(sourceRecord(required));
  for (const write of [toBinaryRecord, toStructuredRecord]) {
    const error = errorOf(() => write(event, null, [[name, Buffer.from("1")]]));
    expect(error).toMatchObject({ code: "MALFORMED_EVENT", message: expect.stringContaining(`header ${name} is of`) });
  }
});

test("an event goes from mode to mode and back without a change", () => {
  const event = toEvent(sourceRecord([...required, ["content-type", "application/json"]], '{"a": 1}'));
  const structured = toStructuredRecord(event);
  const place = { topic: "t", partition: 0, offset: 0, timestampMs: 0 };
  const binary = toBinaryRecord(toEvent({ ...structured, ...place }));
  expect(toEvent({ ...binary, ...place })).toEqual(event);
});
