import type { CloudEventV1 } from "cloudevents";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import {
  claimedIdentity,
  foreignHeadersOf,
  isEvent,
  toBinaryRecord,
  toEvent,
  toStructuredRecord,
} from "../../shared/cloudevents/index.ts";
import { BackboneError } from "../../shared/errors.ts";
import type { OutgoingRecord } from "../../shared/kafka/index.ts";
import { MskSourceRecord, type SourceRecord, sourceRecordsOf } from "../../shared/msk-event/index.ts";
import { throughLambda } from "../fixtures/events/source-record.ts";

const runs = { numRuns: 10_000 };

/** What the work gives, or undefined if it fails as it may. Any other error fails the test. */
function orOfFamily<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (error instanceof BackboneError) return undefined;
    throw error;
  }
}

function asSource({ key, value, headers }: OutgoingRecord): SourceRecord {
  return { topic: "t", partition: 0, offset: 0, timestampMs: 0, key, value, headers };
}

const bytes = fc.uint8Array({ maxLength: 40 }).map((array) => Buffer.from(array));
const names = ["specversion", "id", "source", "type", "time", "subject", "dataschema", "datacontenttype", "data", "x1"];

// Nearly right records find more than noise does: right names with right, wrong and broken values.
const headerName = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...names).map((name) => `ce_${name}`) },
  { weight: 2, arbitrary: fc.constant("content-type") },
  { weight: 1, arbitrary: fc.string({ unit: "binary" }).map((name) => `ce_${name}`) },
  { weight: 1, arbitrary: fc.string({ unit: "binary" }) },
);
const headerValue = fc.oneof(
  fc
    .constantFrom("1.0", "/a", "a:b", "a/b", "2026-01-01T00:00:00Z", "application/cloudevents+json", "")
    .map(Buffer.from),
  fc.string({ unit: "binary" }).map((text) => Buffer.from(text)),
  bytes,
);
const requiredHeaders = ["specversion", "id", "source", "type"].map(
  (name) => [`ce_${name}`, Buffer.from(name === "specversion" ? "1.0" : "/a")] as const,
);
const envelope = fc
  .tuple(
    fc.boolean(),
    fc.dictionary(fc.oneof(fc.constantFrom(...names, "data_base64"), fc.string({ unit: "binary" })), fc.jsonValue()),
  )
  .map(([right, members]) =>
    Buffer.from(JSON.stringify({ ...(right && { specversion: "1.0", id: "1", source: "/a", type: "t" }), ...members })),
  );
const record = fc
  .record({
    right: fc.boolean(),
    headers: fc.array(fc.tuple(headerName, headerValue), { maxLength: 8 }),
    key: fc.option(bytes),
    value: fc.option(fc.oneof(bytes, envelope)),
  })
  .map(({ right, headers, key, value }) =>
    asSource({ key, value, headers: [...(right ? requiredHeaders : []), ...headers] }),
  );

test("any record gives an event or an error of the family, the same through Lambda as through kafkajs", () => {
  let events = 0;
  fc.assert(
    fc.property(record, (source) => {
      const lambda = throughLambda(source);
      const event = orOfFamily(() => toEvent(source));
      expect(orOfFamily(() => toEvent(lambda))).toEqual(event);
      expect(isEvent(lambda)).toBe(isEvent(source));
      if (event === undefined) return;
      events += 1;
      expect(isEvent(source)).toBe(true);
      expect(claimedIdentity(source)).toEqual({ source: event.source, id: event.id });
    }),
    runs,
  );
  // A generator whose records are all refused would test half of it.
  expect(events).toBeGreaterThan(100);
});

test("any structured value gives an event or an error of the family", () => {
  const headers = [["content-type", Buffer.from("application/cloudevents+json")]] as const;
  const mangled = fc.tuple(envelope, fc.nat(), fc.nat(255)).map(([json, place, byte]) => {
    const copy = Buffer.from(json);
    copy[place % copy.length] = byte;
    return copy;
  });
  fc.assert(
    fc.property(fc.oneof(envelope, mangled, bytes), (value) => {
      const event = orOfFamily(() => toEvent(asSource({ key: null, value, headers })));
      if (event?.data !== undefined) expect(Buffer.isBuffer(event.data)).toBe(true);
    }),
    runs,
  );
});

test("any headers that JSON can hold give an event or an error of the family, and bytes", () => {
  const headers = fc.array(
    fc.oneof(fc.jsonValue(), fc.dictionary(headerName, fc.oneof(fc.array(fc.integer()), fc.jsonValue()))),
  );
  fc.assert(
    fc.property(headers, (given) => {
      const [source] = sourceRecordsOf({
        eventSource: "aws:kafka",
        records: { "t-0": [{ topic: "t", partition: 0, offset: 0, timestamp: 0, headers: given }] },
      });
      if (source === undefined) throw new Error("the event has no record");
      expect(source).toBeInstanceOf(MskSourceRecord);
      orOfFamily(() => toEvent(source));
      expect(source.headers.every(([, value]) => Buffer.isBuffer(value))).toBe(true);
    }),
    runs,
  );
});

test("any MSK event gives records or an error of the family", () => {
  const field = fc.oneof(fc.constantFrom("t", "AAE=", "", null, 0, 1), fc.jsonValue());
  const keys = ["topic", "partition", "offset", "timestamp", "key", "value", "headers", "valueSchemaMetadata"];
  const entry = fc.oneof(fc.dictionary(fc.constantFrom(...keys), field), fc.jsonValue());
  const records = fc.dictionary(fc.string(), fc.oneof(fc.array(entry), fc.jsonValue()));
  fc.assert(
    fc.property(fc.oneof(records, fc.jsonValue()), (given) => {
      orOfFamily(() => sourceRecordsOf({ eventSource: "aws:kafka", records: given }));
    }),
    runs,
  );
});

// Texts of CloudEvents: no control characters, no noncharacters, no lone surrogates.
const allowed = fc
  .string({ unit: "grapheme", minLength: 1 })
  .filter((text) => !/[\p{Cc}\p{Noncharacter_Code_Point}]/u.test(text));
const uri = fc.webUrl({ withQueryParameters: true, withFragments: true });
const time = fc
  .tuple(fc.date({ min: new Date(0), max: new Date("9999-12-31T23:59:59Z"), noInvalidDate: true }), fc.nat(999_999_999))
  .map(([date, nanos]) => date.toISOString().replace(/\.\d+Z/, `.${String(nanos).padStart(9, "0")}+05:30`));
const mediaType = fc.constantFrom("application/json", "application/avro", "text/xml; a=b", "a/b+json", 'a/b; c="d; e"');
const extensionName = fc.stringMatching(/^[a-z0-9]{1,20}$/).filter((name) => !names.includes(name));
const jsonBytes = fc.json().map((json) => Buffer.from(json));

function eventWith(extension: fc.Arbitrary<unknown>): fc.Arbitrary<CloudEventV1<Buffer>> {
  const attributes = fc.record(
    {
      specversion: fc.constant("1.0"),
      id: allowed,
      source: fc.oneof(uri, fc.constantFrom("/a", "a/b?c#d", "%20")),
      type: allowed,
      subject: allowed,
      time,
      dataschema: uri,
      datacontenttype: mediaType,
      data: fc.oneof(bytes, jsonBytes),
    },
    { requiredKeys: ["specversion", "id", "source", "type"], noNullPrototype: true },
  );
  const extensions = fc.dictionary(extensionName, extension, { noNullPrototype: true });
  return fc.tuple(extensions, attributes).map(([more, event]) => ({ ...more, ...event }));
}

test("any event comes back from binary mode as it was", () => {
  fc.assert(
    fc.property(eventWith(fc.oneof(allowed, fc.constant(""))), (event) => {
      const source = asSource(toBinaryRecord(event));
      // Empty data of no type would be read as none: they get a type.
      const named = { datacontenttype: "application/octet-stream", ...event };
      const meant = event.data?.length === 0 ? named : event;
      expect(toEvent(source)).toEqual(meant);
      expect(toEvent(throughLambda(source))).toEqual(meant);
    }),
    runs,
  );
});

test("any event comes back from structured mode as it was, booleans and whole numbers too", () => {
  const integer = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
  fc.assert(
    fc.property(eventWith(fc.oneof(allowed, fc.constant(""), fc.boolean(), integer)), (event) => {
      const source = asSource(toStructuredRecord(event));
      expect(toEvent(source)).toEqual(event);
      expect(toEvent(throughLambda(source))).toEqual(event);
    }),
    runs,
  );
});

test("any record in binary mode that is an event is written again with the same headers, key and value", () => {
  const foreign = fc.array(
    fc.tuple(
      fc.string().map((name) => `x-${name}`),
      bytes,
    ),
  );
  fc.assert(
    fc.property(eventWith(allowed), foreign, fc.option(bytes), (event, headers, key) => {
      const source = asSource(toBinaryRecord(event, key, headers));
      expect(toBinaryRecord(toEvent(source), source.key, foreignHeadersOf(source))).toEqual({
        key: source.key,
        value: source.value,
        headers: expect.arrayContaining([...source.headers]),
      });
      expect(foreignHeadersOf(source)).toEqual(headers);
    }),
    runs,
  );
});

test("any object is written as a record that is read again, or refused with an error of the family", () => {
  const given = fc.dictionary(fc.oneof(fc.constantFrom(...names, "data_base64"), fc.string()), fc.anything());
  const right = { specversion: "1.0", id: "1", source: "/a", type: "t" };
  fc.assert(
    fc.property(given, fc.boolean(), (object, isRight) => {
      const event = { ...(isRight && right), ...object } as CloudEventV1<unknown>;
      const binary = orOfFamily(() => toBinaryRecord(event));
      const structured = orOfFamily(() => toStructuredRecord(event));
      expect(structured === undefined).toBe(binary === undefined);
      if (binary !== undefined) expect(toEvent(asSource(binary)).id).toBe(event.id);
      if (structured !== undefined) expect(toEvent(asSource(structured)).id).toBe(event.id);
    }),
    runs,
  );
});
