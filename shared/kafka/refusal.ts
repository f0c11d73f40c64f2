import { protocolErrorOf } from "./protocol-error.ts";

/** In what a broker's refusal lies: the size of a record or of a batch, something else about a record, or its topic. */
export type Refusal = "size" | "record" | "topic";

/**
 * A refusal that lies in a record stays one. Every other one lies in the surroundings, also those that no repetition mends
 * by itself: a topic that is missing or a grant that is refused is put right by a deployment, and the record is then as
 * good as it ever was. So is a clock that is wrong.
 *
 * https://kafka.apache.org/43/design/protocol/#error-codes: RECORD_LIST_TOO_LARGE is for a batch that is larger than a log
 * segment.
 */
const refusals: ReadonlyMap<unknown, Refusal> = new Map([
  ["MESSAGE_TOO_LARGE", "size"],
  ["RECORD_LIST_TOO_LARGE", "size"],
  ["INVALID_RECORD", "record"],
  ["INVALID_TIMESTAMP", "topic"],
  ["INVALID_TOPIC_EXCEPTION", "topic"],
  ["TOPIC_AUTHORIZATION_FAILED", "topic"],
  ["UNKNOWN_TOPIC_OR_PARTITION", "topic"],
]);

/** Undefined for any other failure: of the connection, in time, of the cluster, of the producer's sequence. */
export function refusalOf(error: unknown): Refusal | undefined {
  return refusals.get(protocolErrorOf(error, (name) => refusals.has(name)));
}
