import { createHash } from "node:crypto";
import type { ClaimKey } from "./store.ts";

/** The longest partition key that DynamoDB takes. */
const maxKeyBytes = 2048;

/**
 * The claim's partition key: `<consumer group>#<source>#<event id>`.
 *
 * A group cannot contain `#`; a source can (it is a URI reference), so `%` and `#` are percent-encoded in it: otherwise
 * the source `/a` with the id `b#c` and the source `/a#b` with the id `c` would be one claim, and an event would be lost
 * as the duplicate of another. What is longer than a DynamoDB key (2,048 bytes) ends in a SHA-256 of the whole.
 */
export function claimIdOf({ consumerGroup, source, eventId }: ClaimKey): string {
  const id = `${consumerGroup}#${source.replaceAll("%", "%25").replaceAll("#", "%23")}#${eventId}`;
  if (Buffer.byteLength(id) <= maxKeyBytes) return id;
  return `${consumerGroup}#sha256#${createHash("sha256").update(id).digest("hex")}`;
}
