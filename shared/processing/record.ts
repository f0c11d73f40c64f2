import type { CloudEventV1 } from "cloudevents";
import { claimedIdentity } from "../cloudevents/index.ts";
import type { BackboneError } from "../errors.ts";
import type { SourceRecord } from "../msk-event/index.ts";

/** What identifies an event, whoever sends it and at whatever offset it lies. */
export interface EventIdentity {
  readonly source: string;
  readonly id: string;
}

/** One record after decoding: an event, or the reason why there is none. The raw record is kept in both cases. */
export type DecodedRecord<T = unknown> =
  | { readonly status: "decoded"; readonly source: SourceRecord; readonly event: CloudEventV1<T> }
  | {
      readonly status: "failed";
      readonly source: SourceRecord;
      readonly error: BackboneError;
      /** Present when the attributes could be read and only the data could not. */
      readonly identity?: EventIdentity;
    };

/** How a record ends. Every record of a batch ends as exactly one of the four. */
export type RecordOutcome = { readonly record: DecodedRecord } & (
  | { readonly status: "processed" }
  /** The event had taken effect before, the record is a dead letter already, or it was redriven for another group. */
  | { readonly status: "duplicate" }
  /** The broker has acknowledged the record on the dead-letter topic. */
  | { readonly status: "deadLettered"; readonly error: BackboneError }
  /** The record has to come again. */
  | { readonly status: "unfinished"; readonly error: BackboneError }
);

/**
 * The identity of a record's event, as far as it can be known: bytes that cannot be read now may still name an event that
 * took effect when an earlier version of the service read them.
 */
export function identityOf(record: DecodedRecord): EventIdentity | undefined {
  if (record.status === "decoded") return { source: record.event.source, id: record.event.id };
  return record.identity ?? claimedIdentity(record.source);
}
