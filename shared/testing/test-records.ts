import { partitionKey, toBinaryRecord } from "../cloudevents/index.ts";
import { BackboneError } from "../errors.ts";
import type { OutgoingRecord } from "../kafka/index.ts";

/** A CloudEvent as a test thinks of it; `specversion` is "1.0" unless it says otherwise. */
export interface TestEvent {
  readonly id: string;
  readonly source: string;
  readonly type: string;
  /** Bytes (a Buffer) are the value as they are, e.g. of a serializer; anything else is written as JSON; none is a tombstone. */
  readonly data?: unknown;
  /** The record's key; without it the record has none. */
  readonly partitionkey?: string;
  readonly [attribute: string]: unknown;
}

/** Where a record lies, and when it was made. */
export interface Placement {
  /** @default the topic of the event */
  readonly topic?: string;
  /** @default 0 */
  readonly partition?: number;
  /** @default one after the record before it in its partition, from 0 */
  readonly offset?: number;
  /** Epoch milliseconds. @default 2026-01-01T00:00:00Z */
  readonly timestampMs?: number;
}

/** A CloudEvent at a place. */
export interface PlacedEvent extends Placement {
  readonly event: TestEvent;
  /** Follow those of the event, e.g. `traceparent`. @default none */
  readonly headers?: readonly (readonly [name: string, value: string | Buffer])[];
}

/** A record of bytes: what a foreign or broken producer sends. */
export interface RawRecord extends Placement {
  /** @default null, no key */
  readonly key?: string | Buffer | null;
  /** @default null, a tombstone */
  readonly value?: string | Buffer | null;
  /** Names may repeat. @default none */
  readonly headers?: readonly (readonly [name: string, value: string | Buffer])[];
}

export type TestRecord = TestEvent | PlacedEvent | RawRecord;

const rawMembers = new Set(["topic", "partition", "offset", "timestampMs", "key", "value", "headers"]);

/** The bytes of a record, and where it lies. @throws BackboneError MALFORMED_EVENT, INVALID_OPTIONS */
export function bytesOf(record: TestRecord): { readonly placement: Placement; readonly bytes: OutgoingRecord } {
  if (isEvent(record)) return { placement: {}, bytes: eventBytes(record) };
  if (isPlaced(record)) return { placement: record, bytes: eventBytes(record.event, record.headers) };
  const unknown = Object.keys(record).filter((name) => !rawMembers.has(name));
  if (unknown.length > 0) {
    throw new BackboneError(
      "INVALID_OPTIONS",
      `a test record is an event (with id, source, type), { event } or raw; a raw one has no ${unknown.join(", ")}`,
    );
  }
  const { key = null, value = null, headers = [] } = record;
  const [keyBytes, valueBytes] = [key, value].map((one) => (one === null ? null : Buffer.from(one)));
  return {
    placement: record,
    bytes: { key: keyBytes ?? null, value: valueBytes ?? null, headers: headerBytes(headers) },
  };
}

function isEvent(record: TestRecord): record is TestEvent {
  return "type" in record || "id" in record || "source" in record;
}

function isPlaced(record: PlacedEvent | RawRecord): record is PlacedEvent {
  return "event" in record;
}

function eventBytes(event: TestEvent, headers: RawRecord["headers"] = []): OutgoingRecord {
  return toBinaryRecord({ specversion: "1.0", ...event }, partitionKey, headerBytes(headers));
}

function headerBytes(headers: NonNullable<RawRecord["headers"]>) {
  return headers.map(([name, value]) => [name, Buffer.from(value)] as const);
}
