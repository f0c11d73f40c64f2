import { BackboneError } from "../errors.ts";
import type { OutgoingRecord } from "../kafka/index.ts";
import { headerOf, type SourceRecord } from "../msk-event/index.ts";
import { deadLetterHeaders as names } from "./headers.ts";
import { placeText, type StoredDeadLetter } from "./stored-dead-letter.ts";

/**
 * The record that goes back to the source topic: original key, value and headers, hence the same event id, and the headers
 * that say which group it is for, the how-manieth redrive it is, and when, where and why it failed first.
 *
 * Sent twice, it takes effect once: the consumer's claim recognises the event. It comes after the newer records of its
 * key: order per key does not hold for it.
 *
 * @throws BackboneError INVALID_OPTIONS if it has an obstacle
 */
export function redriveRecord(letter: StoredDeadLetter): OutgoingRecord {
  const { source, consumerGroup = "", redriveCount, first, obstacle, place } = letter;
  if (obstacle !== undefined) {
    throw new BackboneError("INVALID_OPTIONS", `${placeText(place)} cannot be redriven: ${obstacle}`);
  }
  const added = [
    [names.redriveGroup, consumerGroup],
    [names.redriveCount, String(redriveCount + 1)],
    [names.firstFailedAt, first.failedAt],
    [names.firstErrorCode, first.errorCode],
    [names.firstRecord, first.record],
  ] as const;
  return {
    key: source.key,
    value: source.value,
    headers: [...source.headers, ...added.map(([name, text]) => [name, Buffer.from(text)] as const)],
  };
}

/**
 * Whether a record was redriven for another consumer group, whose dead letter it was: this group had it the first time
 * and has to skip it. `eachRecord` does; a handler that is not made by it has to ask.
 */
export function isForAnotherGroup(record: SourceRecord, consumerGroup: string): boolean {
  const group = headerOf(record, names.redriveGroup);
  return group !== undefined && group.toString("utf8") !== consumerGroup;
}
