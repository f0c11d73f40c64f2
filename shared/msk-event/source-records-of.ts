import { BackboneError } from "../errors.ts";
import type { MskEvent, MskRecord } from "./msk-event.ts";
import type { SourceRecord } from "./source-record.ts";

/**
 * The records of an MSK event as bytes: partition by partition, each in offset order.
 *
 * An absent, null or empty key is null; an absent or null value is null (a tombstone), an empty one is an empty value.
 * Header bytes, which arrive signed, are made unsigned.
 *
 * @param event what Lambda invoked the function with
 * @throws BackboneError MALFORMED_EVENT if it is no MSK event at all: the function is wired to something else
 * @see https://docs.aws.amazon.com/lambda/latest/dg/with-msk.html#msk-sample-event
 */
export function sourceRecordsOf(event: unknown): SourceRecord[] {
  if (!isMskEvent(event)) {
    throw new BackboneError("MALFORMED_EVENT", "not an MSK event: eventSource must be aws:kafka and records an object");
  }
  return Object.entries(event.records).flatMap(([name, records]) => {
    if (!Array.isArray(records)) throw notARecord(name);
    return records.map((record) => sourceRecord(name, record)).sort((one, other) => one.offset - other.offset);
  });
}

function isMskEvent(event: unknown): event is MskEvent {
  return (
    typeof event === "object" &&
    event !== null &&
    "eventSource" in event &&
    event.eventSource === "aws:kafka" &&
    "records" in event &&
    typeof event.records === "object" &&
    event.records !== null
  );
}

function sourceRecord(name: string, record: MskRecord): SourceRecord {
  if (!isMskRecord(record)) throw notARecord(name);
  const { topic, partition, offset, timestamp, key, value, headers } = record;
  return {
    topic,
    partition,
    offset,
    timestampMs: timestamp,
    key: key ? Buffer.from(key, "base64") : null,
    value: typeof value === "string" ? Buffer.from(value, "base64") : null,
    headers: headersOf(name, headers ?? []),
  };
}

/** Checks what identifies a record and what is read of it; Lambda sends nothing else, a hand-written test event may. */
function isMskRecord(record: MskRecord | null | undefined): record is MskRecord {
  return (
    typeof record === "object" &&
    record !== null &&
    typeof record.topic === "string" &&
    Number.isSafeInteger(record.partition) &&
    Number.isSafeInteger(record.offset) &&
    isBase64Text(record.key) &&
    isBase64Text(record.value) &&
    (record.headers === undefined || record.headers === null || Array.isArray(record.headers))
  );
}

function isBase64Text(text: unknown): boolean {
  return text === undefined || text === null || typeof text === "string";
}

function headersOf(name: string, headers: readonly Record<string, number[]>[]): [string, Buffer][] {
  const pairs: [string, Buffer][] = [];
  for (const header of headers) {
    for (const headerName in header) {
      const bytes = header[headerName] ?? [];
      if (!Array.isArray(bytes)) throw notARecord(name);
      // Buffer.from keeps the low eight bits of each number: -61 becomes 0xc3.
      pairs.push([headerName, Buffer.from(bytes)]);
    }
  }
  return pairs;
}

function notARecord(name: string): BackboneError {
  return new BackboneError("MALFORMED_EVENT", `not an MSK event: records of "${name}" are not records of Kafka`);
}
