import { BackboneError } from "../errors.ts";
import type { DecodedRecord, RecordOutcome } from "./record.ts";

/**
 * Works the records of one partition in their order, one commit a record.
 *
 * Once a record is unfinished, later ones of its key are not touched: they would overtake it. They are held back and
 * count nothing. Records of other keys, and records without a key, go on.
 */
export async function workPartition<T>(
  records: readonly DecodedRecord<T>[],
  settle: (record: DecodedRecord<T>) => Promise<RecordOutcome>,
): Promise<RecordOutcome[]> {
  const outcomes: RecordOutcome[] = [];
  const heldBy = new Map<string, RecordOutcome & { status: "unfinished" }>();
  for (const record of records) {
    const key = record.source.key?.toString("latin1");
    const holder = key === undefined ? undefined : heldBy.get(key);
    const outcome = holder ? heldBack(record, holder) : await settle(record);
    outcomes.push(outcome);
    if (outcome.status === "unfinished" && key !== undefined && !holder) heldBy.set(key, outcome);
  }
  return outcomes;
}

/** Records by topic and partition, in the order in which they came. */
export function byPartition<T>(records: readonly DecodedRecord<T>[]): DecodedRecord<T>[][] {
  return [...Map.groupBy(records, ({ source }) => `${source.topic}-${source.partition}`).values()];
}

function heldBack(record: DecodedRecord, holder: RecordOutcome & { status: "unfinished" }): RecordOutcome {
  const message = `held back: offset ${holder.record.source.offset} of the same key is unfinished`;
  return { record, status: "unfinished", error: new BackboneError(holder.error.code, message) };
}
