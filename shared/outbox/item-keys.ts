import { isUtf8 } from "node:buffer";
import { createHash } from "node:crypto";
import type { SourceRecord } from "../msk-event/index.ts";

/** The key of an item of the outbox. */
export interface OutboxItemKey {
  /** Partition key: whose order the item is in. */
  readonly groupKey: string;
  /** Sort key: where in that order. */
  readonly sourcePosition: string;
}

/** The longest partition key that DynamoDB takes. */
const maxKeyBytes = 2048;
// A partition is an int32, an offset an int64 of which JavaScript counts 16 digits exactly.
const partitionDigits = 10;
const offsetDigits = 16;

/**
 * The item of what a consumer group publishes for a record.
 *
 * `groupKey` is `<consumer group>#text#<record key>`, `#base64#` for a key that is no UTF-8, a SHA-256 for one that is
 * longer than a DynamoDB key, and `#none#<position>` for a record without a key: that has no order with others.
 * `sourcePosition` is `<topic>#<partition>#<offset>`, padded with zeros so that it sorts as the numbers do: the order in
 * which records of a key come is the order in which their events leave, and it takes no counter.
 */
export function outboxItemKey(consumerGroup: string, record: SourceRecord): OutboxItemKey {
  const { topic, partition, offset, key } = record;
  const sourcePosition = `${topic}#${padded(partition, partitionDigits)}#${padded(offset, offsetDigits)}`;
  const groupKey = `${consumerGroup}#${key === null ? `none#${sourcePosition}` : keyText(key)}`;
  if (Buffer.byteLength(groupKey) <= maxKeyBytes) return { groupKey, sourcePosition };
  const digest = createHash("sha256").update(groupKey).digest("hex");
  return { groupKey: `${consumerGroup}#sha256#${digest}`, sourcePosition };
}

function keyText(key: Buffer): string {
  return isUtf8(key) ? `text#${key.toString("utf8")}` : `base64#${key.toString("base64")}`;
}

function padded(number: number, digits: number): string {
  return String(number).padStart(digits, "0");
}
