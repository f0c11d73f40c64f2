import { BackboneError } from "../errors.ts";
import type { DecodedRecord, RecordOutcome } from "./record.ts";

/**
 * What keeps its order:
 * - `key`: records of one key in one partition; records without a key have no order;
 * - `partition`: all records of a partition, one after the other;
 * - `none`: nothing.
 */
export type Ordering = "key" | "partition" | "none";

/** Records that are worked one after the other, in the order in which they came. */
export type Lane<T = unknown> = readonly DecodedRecord<T>[];

const laneNames: Readonly<Record<Ordering, (record: DecodedRecord) => string | undefined>> = {
  key: ({ source }) => source.key?.toString("latin1"),
  partition: () => "",
  none: () => undefined,
};

/**
 * The lanes of a batch, those of each partition in turn: when time runs out, no partition was left for the others' sake.
 */
export function lanesOf<T>(records: readonly DecodedRecord<T>[], ordering: Ordering): Lane<T>[] {
  const nameOf = laneNames[ordering];
  const partitions = Map.groupBy(records, ({ source }) => `${source.topic}-${source.partition}`);
  const lanes = [...partitions.values()].map((partition) => [
    ...Map.groupBy<string | DecodedRecord<T>, DecodedRecord<T>>(
      partition,
      (record) => nameOf(record) ?? record,
    ).values(),
  ]);
  const longest = Math.max(0, ...lanes.map(({ length }) => length));
  return Array.from({ length: longest }, (_, turn) => lanes.map((ofPartition) => ofPartition[turn]))
    .flat()
    .filter((lane) => lane !== undefined);
}

/**
 * Works the records of a lane in their order. Once one is unfinished, later ones are not touched: they would overtake it.
 * They are held back and count nothing.
 */
export async function workLane<T>(
  lane: Lane<T>,
  settle: (record: DecodedRecord<T>) => Promise<RecordOutcome>,
): Promise<RecordOutcome[]> {
  const outcomes: RecordOutcome[] = [];
  let holder: (RecordOutcome & { status: "unfinished" }) | undefined;
  for (const record of lane) {
    const outcome: RecordOutcome = holder ? heldBack(record, holder) : await settle(record);
    outcomes.push(outcome);
    if (!holder && outcome.status === "unfinished") holder = outcome;
  }
  return outcomes;
}

function heldBack(record: DecodedRecord, holder: RecordOutcome & { status: "unfinished" }): RecordOutcome {
  const message = `held back: offset ${holder.record.source.offset} before it is unfinished`;
  return { record, status: "unfinished", error: new BackboneError(holder.error.code, message) };
}
