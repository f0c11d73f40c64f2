import { BackboneError } from "../errors.ts";
import type { Logger } from "../logging/index.ts";
import { type DecodedRecord, identityOf, type RecordOutcome } from "./record.ts";

/** How many records of a batch ended how; the four add up to the number of records. */
export type Counts = Readonly<Record<RecordOutcome["status"], number>>;

/**
 * Counts outcomes against the records of a batch.
 *
 * @throws BackboneError ACCOUNTING_FAILED when a record has no outcome, or more than one: better that the whole batch comes
 * again than that a record is committed that nobody can account for
 */
export function countOutcomes(records: readonly DecodedRecord[], outcomes: readonly RecordOutcome[]): Counts {
  const counts = { processed: 0, duplicate: 0, deadLettered: 0, unfinished: 0 };
  for (const { status } of outcomes) counts[status]++;
  const accounted = new Set(outcomes.map(({ record }) => record));
  if (outcomes.length !== records.length || records.some((record) => !accounted.has(record))) {
    throw new BackboneError(
      "ACCOUNTING_FAILED",
      `the accounting does not add up: ${records.length} records, ${outcomes.length} outcomes of ${accounted.size}`,
    );
  }
  return counts;
}

/** One line a batch, and one for each record that somebody may have to look for. No payloads. */
export function logOutcomes(logger: Logger, counts: Counts, outcomes: readonly RecordOutcome[]): void {
  for (const outcome of outcomes) {
    if (outcome.status !== "deadLettered" && outcome.status !== "unfinished") continue;
    const { topic, partition, offset } = outcome.record.source;
    const eventId = identityOf(outcome.record)?.id;
    const { code, message: reason } = outcome.error;
    const fields = { topic, partition, offset, eventId, code, reason };
    if (outcome.status === "deadLettered") logger.error("record dead-lettered", fields);
    else logger.warn("record unfinished", fields);
  }
  logger.info("batch done", { records: outcomes.length, ...counts });
}
