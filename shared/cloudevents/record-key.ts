import type { CloudEventV1 } from "cloudevents";
import { BackboneError } from "../errors.ts";
import { attributeValue } from "./outgoing-attributes.ts";

/**
 * The key of the record: a text, written as UTF-8, bytes, null for none, or a function that takes it from the event.
 * The event is not changed by it.
 */
export type RecordKey = string | Buffer | null | ((event: CloudEventV1<unknown>) => string | Buffer | null);

/**
 * The key mapper of the Partitioning extension: the `partitionkey` attribute as it is written, which stays in the event; null
 * without one.
 *
 * @see https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/extensions/partitioning.md
 */
export function partitionKey(event: CloudEventV1<unknown>): string | null {
  const value = attributeValue(event.partitionkey);
  return value === undefined ? null : String(value);
}

export function keyBytes(event: CloudEventV1<unknown>, key: RecordKey): Buffer | null {
  const mapped = typeof key === "function" ? key(event) : key;
  if (typeof mapped !== "string") return mapped;
  if (!mapped.isWellFormed()) throw new BackboneError("MALFORMED_EVENT", "the record's key must be a well-formed text");
  return Buffer.from(mapped);
}
