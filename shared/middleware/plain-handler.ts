import { BackboneError } from "../errors.ts";
import { batchOfEvent, countOutcomes, type DecodedRecord, type RecordOutcome } from "../processing/index.ts";

/**
 * The records that `cloudEvents()` decoded, for a handler that is not made by `eachRecord()`.
 *
 * T is what the deserializer yields: the reader's schema says so, nothing here checks it.
 *
 * @param event what middy hands to the handler
 * @throws BackboneError INVALID_OPTIONS without `cloudEvents()`
 */
export function recordsOf<T>(event: unknown): readonly DecodedRecord<T>[] {
  const records = batchOfEvent(event)?.records;
  if (!records) throw new BackboneError("INVALID_OPTIONS", "recordsOf needs cloudEvents() before the handler");
  return records as readonly DecodedRecord<T>[];
}

/**
 * Says how each record of the batch ended, for `partialBatchResponse()` and `metrics()`, in a handler that is not made
 * by `eachRecord()`. What ends as deadLettered has to be acknowledged by the broker before.
 *
 * @param event what middy hands to the handler
 * @param outcomes one for each of `recordsOf(event)`
 * @throws BackboneError INVALID_OPTIONS without `cloudEvents()`; ACCOUNTING_FAILED when a record has no outcome or
 * several
 */
export function reportOutcomes(event: unknown, outcomes: readonly RecordOutcome[]): void {
  countOutcomes(recordsOf(event), outcomes);
  const batch = batchOfEvent(event);
  if (batch) batch.outcomes = outcomes;
}
