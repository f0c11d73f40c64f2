import type { OutgoingRecord } from "../kafka/index.ts";
import type { SourceRecord } from "../msk-event/index.ts";
import type { Write } from "../processing/index.ts";
import { type OutboxItemKey, outboxItemKey } from "./item-keys.ts";

/** A Kafka record that waits to be sent. */
export interface UnsentRecord {
  readonly topic: string;
  readonly record: OutgoingRecord;
}

/** What is to be sent for one consumed record, in its order. It exists until all of it is acknowledged. */
export interface OutboxItem extends OutboxItemKey {
  readonly writtenAt: Date;
  readonly records: readonly UnsentRecord[];
}

export interface OutboxWriteOptions {
  /** Table of the outbox: partition key `groupKey`, sort key `sourcePosition`, both strings. */
  readonly table: string;
  readonly consumerGroup: string;
  /** The consumed record. */
  readonly source: SourceRecord;
  readonly writtenAt: Date;
  /** One or more. */
  readonly records: readonly UnsentRecord[];
}

/**
 * The write that puts an item into the outbox. An item at its place that is there already was written by a decision about
 * a record at the same place of another topic of that name: `taken` waits until it has left.
 */
export function outboxWrite({ table, consumerGroup, source, writtenAt, records }: OutboxWriteOptions): Write {
  return {
    action: "put",
    table,
    key: { ...outboxItemKey(consumerGroup, source) },
    item: {
      writtenAt: writtenAt.getTime(),
      records: records.map(({ topic, record: { key, value, headers } }) => ({ topic, key, value, headers })),
    },
    condition: "attribute_not_exists(groupKey)",
    onConditionFailed: "taken",
  };
}
