import * as v from "valibot";
import { BackboneError } from "../errors.ts";
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

const bytes = v.pipe(
  v.instance(Uint8Array),
  v.transform((value) => Buffer.from(value.buffer, value.byteOffset, value.length)),
);

// Strict: what this version does not know, it would leave out of what it sends.
const itemSchema = v.strictObject({
  groupKey: v.string(),
  sourcePosition: v.string(),
  writtenAt: v.number(),
  records: v.pipe(
    v.array(
      v.strictObject({
        topic: v.pipe(v.string(), v.nonEmpty()),
        key: v.nullable(bytes),
        value: v.nullable(bytes),
        headers: v.array(v.strictTuple([v.string(), bytes])),
      }),
    ),
    v.minLength(1),
  ),
});

/**
 * The write that puts an item into the outbox. An item at its place that is there already was written by a decision about
 * a record at the same place of another topic of that name: `redecide` waits until it has left.
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
    onConditionFailed: "redecide",
  };
}

/**
 * Reads an item of the outbox, in plain JavaScript values.
 *
 * @throws BackboneError MALFORMED_OUTBOX_ITEM that names what is wrong, and no value
 */
export function readOutboxItem(item: unknown): OutboxItem {
  const parsed = v.safeParse(itemSchema, item);
  if (!parsed.success) {
    const paths = new Set(parsed.issues.map((issue) => v.getDotPath(issue) ?? "item"));
    throw new BackboneError("MALFORMED_OUTBOX_ITEM", `wrong or unknown in an item: ${[...paths].join(", ")}`);
  }
  const { groupKey, sourcePosition, writtenAt, records } = parsed.output;
  return {
    groupKey,
    sourcePosition,
    writtenAt: new Date(writtenAt),
    records: records.map(({ topic, ...record }) => ({ topic, record })),
  };
}
