import { createHash } from "node:crypto";
import type { ClaimKey, RecordKey } from "./store.ts";

/** The longest partition key that DynamoDB takes. */
const maxKeyBytes = 2048;

/**
 * The claim's partition key: `<consumer group>#<source>#<event id>`.
 *
 * A group cannot contain `#`; a source can (it is a URI reference), so `%` and `#` are percent-encoded in it: otherwise
 * the source `/a` with the id `b#c` and the source `/a#b` with the id `c` would be one claim, and an event would be lost
 * as the duplicate of another. What is longer than a DynamoDB key (2,048 bytes) ends in a SHA-256 of the whole.
 */
export function claimIdOf(key: ClaimKey): string {
  return eventItemId("", key);
}

/** The lease's partition key; no group begins with `#`, so it is no claim's. */
export function leaseIdOf(key: ClaimKey): string {
  return eventItemId("#lease#", key);
}

/** The partition key of what is known of a record's failures; a group has at most 200 characters and a topic 249. */
export function attemptsIdOf({ consumerGroup, topic, partition, offset }: RecordKey): string {
  return `#attempts#${consumerGroup}#${topic}#${partition}#${offset}`;
}

function eventItemId(prefix: string, { consumerGroup, source, eventId }: ClaimKey): string {
  const id = `${prefix}${consumerGroup}#${source.replaceAll("%", "%25").replaceAll("#", "%23")}#${eventId}`;
  if (Buffer.byteLength(id) <= maxKeyBytes) return id;
  return `${prefix}${consumerGroup}#sha256#${createHash("sha256").update(id).digest("hex")}`;
}
