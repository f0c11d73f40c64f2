import type { CloudEventV1 } from "cloudevents";
import * as v from "valibot";
import { toEvent } from "../cloudevents/index.ts";
import { BackboneError, type ErrorCode } from "../errors.ts";
import { type SourceRecord, sourceRecordsOf } from "../msk-event/index.ts";
import { parseOptions } from "../options/index.ts";
import { type BatchRequest, batchOf, type DecodedRecord, isOfSurroundings } from "../processing/index.ts";
import type { Deserializer } from "../schema-registry/index.ts";

export interface CloudEventsOptions {
  /** Turns the value of a record into the data of its event. */
  readonly deserializer: Deserializer;
  /**
   * The event types that the handler wants. Events of other types are not read: they are decoded with their data as it
   * came, bytes or a structured event's JSON, and need no reader.
   *
   * @default all: a type that the deserializer has no reader for is UNKNOWN_EVENT_TYPE
   */
  readonly eventTypes?: readonly string[];
}

const optionsSchema = v.strictObject({
  deserializer: v.custom<Deserializer>(
    (deserializer) => typeof deserializer === "object" && deserializer !== null && "deserialize" in deserializer,
    "must be a deserializer",
  ),
  eventTypes: v.optional(
    v.custom<readonly string[]>(
      (types) => Array.isArray(types) && types.length > 0 && types.every((type) => typeof type === "string"),
      "must be a list of event types, at least one",
    ),
  ),
});

/**
 * Decodes the batch: MSK event → one DecodedRecord a record, in the order of the event. A record that cannot be decoded
 * becomes a failed one with its error and never fails its batch; whether its error is retriable says what happens to it.
 *
 * Binary and structured mode, values in wire format and values that the mapping has deserialized are read. An event
 * without data (a null value: a tombstone; an empty one of no type) is decoded and has no data.
 *
 * @throws BackboneError INVALID_OPTIONS; on invocation MALFORMED_EVENT when it is handed no MSK event at all, and
 *   INVALID_OPTIONS when the deserializer's options do not suit the mapping: no record is dead-lettered for that
 */
export function cloudEvents(options: CloudEventsOptions) {
  const { deserializer, eventTypes } = parseOptions("cloudEvents", optionsSchema, options);
  const wanted = eventTypes && new Set(eventTypes);

  /** A promise only where the deserializer gives one: for most records the schema is there, and a batch is one loop. */
  function decode(source: SourceRecord): DecodedRecord | Promise<DecodedRecord> {
    let event: CloudEventV1<unknown>;
    try {
      event = toEvent(source);
    } catch (error) {
      return { status: "failed", source, error: ofFamily(error, "MALFORMED_EVENT") };
    }
    if (!Buffer.isBuffer(event.data) || wanted?.has(event.type) === false) return { status: "decoded", source, event };
    try {
      const data = deserializer.deserialize(event.type, event.data, source.valueSchema);
      if (!isThenable(data)) return decoded(source, event, data);
      return Promise.resolve(data).then(
        (later) => decoded(source, event, later),
        (error) => undecoded(source, event, error),
      );
    } catch (error) {
      return undecoded(source, event, error);
    }
  }

  async function cloudEventsBefore(request: BatchRequest): Promise<void> {
    const batch = batchOf(request);
    batch.eventRecordFormat = deserializer.eventRecordFormat;
    const startedAt = performance.now();
    const records = sourceRecordsOf(batch.event).map(decode);
    // All at once: records with an unknown schema id wait for the registry together, not one after the other.
    batch.records = records.every(isThere) ? records : await Promise.all(records);
    batch.decodeMs = performance.now() - startedAt;
    for (const record of batch.records) {
      if (record.status === "failed" && record.error.code === "INVALID_OPTIONS") throw record.error;
    }
  }

  return { before: cloudEventsBefore };
}

/** As `await` tells them: promises of other libraries are none of the built-in class. */
function isThenable(data: unknown): data is PromiseLike<unknown> {
  return typeof data === "object" && data !== null && "then" in data && typeof data.then === "function";
}

function isThere(record: DecodedRecord | Promise<DecodedRecord>): record is DecodedRecord {
  return !(record instanceof Promise);
}

function decoded(source: SourceRecord, event: CloudEventV1<unknown>, data: unknown): DecodedRecord {
  event.data = data;
  return { status: "decoded", source, event };
}

function undecoded(
  source: SourceRecord,
  { source: eventSource, id }: CloudEventV1<unknown>,
  error: unknown,
): DecodedRecord {
  const identity = { source: eventSource, id };
  return { status: "failed", source, identity, error: ofFamily(error, "MALFORMED_PAYLOAD") };
}

function ofFamily(error: unknown, code: ErrorCode): BackboneError {
  if (error instanceof BackboneError) return error;
  const what = error instanceof Error ? error.name : `a ${typeof error}`;
  return isOfSurroundings(error)
    ? new BackboneError("REGISTRY_UNAVAILABLE", `the deserializer failed: ${what}`, { cause: error })
    : new BackboneError(code, `decoding failed: ${what}`, { cause: error });
}
