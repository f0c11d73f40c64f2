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
}

const optionsSchema = v.strictObject({
  deserializer: v.custom<Deserializer>(
    (deserializer) => typeof deserializer === "object" && deserializer !== null && "deserialize" in deserializer,
    "must be a deserializer",
  ),
});

/**
 * Decodes the batch: MSK event → one DecodedRecord a record, in the order of the event. A record that cannot be decoded
 * becomes a failed one with its error and never fails its batch; whether its error is retriable says what happens to it.
 * An event without data is MALFORMED_PAYLOAD: each type that is read has a schema.
 *
 * @throws BackboneError INVALID_OPTIONS; on invocation MALFORMED_EVENT when it is handed no MSK event at all
 */
export function cloudEvents(options: CloudEventsOptions) {
  const { deserializer } = parseOptions("cloudEvents", optionsSchema, options);

  async function decode(source: SourceRecord): Promise<DecodedRecord> {
    let event: CloudEventV1<Buffer | undefined>;
    try {
      event = toEvent(source);
    } catch (error) {
      return { status: "failed", source, error: ofFamily(error, "MALFORMED_EVENT") };
    }
    try {
      if (!event.data) throw new BackboneError("MALFORMED_PAYLOAD", `an event of type ${event.type} has no data`);
      const data = await deserializer.deserialize(event.type, event.data);
      return { status: "decoded", source, event: { ...event, data } };
    } catch (error) {
      const identity = { source: event.source, id: event.id };
      return { status: "failed", source, identity, error: ofFamily(error, "MALFORMED_PAYLOAD") };
    }
  }

  async function cloudEventsBefore(request: BatchRequest): Promise<void> {
    const batch = batchOf(request);
    // All at once: records with an unknown schema id wait for the registry together, not one after the other.
    batch.records = await Promise.all(sourceRecordsOf(batch.event).map(decode));
  }

  return { before: cloudEventsBefore };
}

function ofFamily(error: unknown, code: ErrorCode): BackboneError {
  if (error instanceof BackboneError) return error;
  const what = error instanceof Error ? error.name : `a ${typeof error}`;
  return isOfSurroundings(error)
    ? new BackboneError("REGISTRY_UNAVAILABLE", `the deserializer failed: ${what}`, { cause: error })
    : new BackboneError(code, `decoding failed: ${what}`, { cause: error });
}
