import { BackboneError } from "../errors.ts";
import type { MskEvent, MskRecord, SchemaMetadata } from "./msk-event.ts";
import { MskSourceRecord, type SignedHeaders } from "./msk-source-record.ts";
import type { SourceRecord } from "./source-record.ts";

/**
 * The records of an MSK event as bytes: partition by partition, each in offset order.
 *
 * An absent, null or empty key is null; an absent or null value is null (a tombstone), an empty one is an empty value.
 * Header bytes, which arrive signed, are made unsigned when `headers` is read; what a header holds is for `toEvent` to
 * check, so that one record with a wrong one does not fail its batch.
 *
 * @param event what Lambda invoked the function with; it is not changed, and must not be while its records are in use
 * @throws BackboneError MALFORMED_EVENT if it is no MSK event at all: the function is wired to something else
 * @see https://docs.aws.amazon.com/lambda/latest/dg/with-msk.html#msk-sample-event
 */
export function sourceRecordsOf(event: unknown): SourceRecord[] {
  if (!isMskEvent(event)) {
    throw new BackboneError("MALFORMED_EVENT", "not an MSK event: eventSource must be aws:kafka and records an object");
  }
  const sourceRecords: SourceRecord[] = [];
  for (const [name, records] of Object.entries(event.records)) {
    if (!Array.isArray(records)) throw notARecord(name);
    const partition = records.map((record) => sourceRecord(name, record));
    if (!isInOffsetOrder(partition)) partition.sort((one, other) => one.offset - other.offset);
    for (const record of partition) sourceRecords.push(record);
  }
  return sourceRecords;
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

function isInOffsetOrder(records: readonly SourceRecord[]): boolean {
  let last = -1;
  for (const { offset } of records) {
    if (offset < last) return false;
    last = offset;
  }
  return true;
}

/** Checks what identifies a record and what is read of it; Lambda sends nothing else, a hand-written test event may. */
function sourceRecord(name: string, record: MskRecord | null | undefined): SourceRecord {
  if (
    typeof record !== "object" ||
    record === null ||
    typeof record.topic !== "string" ||
    !Number.isSafeInteger(record.partition) ||
    !Number.isSafeInteger(record.offset) ||
    typeof record.timestamp !== "number"
  ) {
    throw notARecord(name);
  }
  const { topic, partition, offset, timestamp, timestampType, key, value, headers } = record;
  return new MskSourceRecord(
    topic,
    partition,
    offset,
    timestamp,
    key === "" ? null : bytesOf(name, key),
    bytesOf(name, value),
    headersOf(name, headers),
    checkedSchema(name, record.valueSchemaMetadata),
    timestampType,
    checkedSchema(name, record.keySchemaMetadata),
  );
}

function bytesOf(name: string, base64: string | null | undefined): Buffer | null {
  if (base64 === undefined || base64 === null) return null;
  if (typeof base64 !== "string") throw notARecord(name);
  const bytes = Buffer.from(base64, "base64");
  // Buffer.from skips what is not base64, and then fewer bytes come out than the length of the text tells.
  const padding = base64.endsWith("==") ? 2 : base64.endsWith("=") ? 1 : 0;
  if (bytes.length !== (base64.length / 4) * 3 - padding) throw notARecord(name);
  return bytes;
}

const noHeaders: SignedHeaders = [];

/** That there is a list is all that is checked: what is in it is looked at once, when it is decoded. */
function headersOf(name: string, headers: SignedHeaders | null | undefined): SignedHeaders {
  if (headers === undefined || headers === null) return noHeaders;
  if (!Array.isArray(headers)) throw notARecord(name);
  return headers;
}

function checkedSchema(name: string, metadata: SchemaMetadata | null | undefined): SchemaMetadata | undefined {
  if (metadata === undefined || metadata === null) return undefined;
  const { dataFormat, schemaId } = metadata;
  if (typeof dataFormat !== "string" || typeof schemaId !== "string") throw notARecord(name);
  return metadata;
}

function notARecord(name: string): BackboneError {
  return new BackboneError("MALFORMED_EVENT", `not an MSK event: records of "${name}" are not records of Kafka`);
}
