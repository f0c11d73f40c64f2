import { deadLetterRecord, readDeadLetters, type StoredDeadLetter } from "../../../shared/dead-letter/index.ts";
import { BackboneError } from "../../../shared/errors.ts";
import type { OutgoingRecord } from "../../../shared/kafka/index.ts";
import type { RecordHeaders, SourceRecord } from "../../../shared/msk-event/index.ts";

export const original = {
  topic: "orders",
  partition: 3,
  offset: 42,
  timestampMs: Date.UTC(2026, 0, 2, 3, 4, 5, 678),
  key: Buffer.from([0, 255]),
  value: Buffer.from([9, 0, 200]),
  headers: [
    ["ce_id", Buffer.from("e-1")],
    ["ce_source", Buffer.from("/shop")],
    ["a", Buffer.from([1])],
    ["a", Buffer.from([2])],
  ] as RecordHeaders,
};

/** A record at a place of the dead-letter topic. */
export function inTopic(record: OutgoingRecord, offset = 7): SourceRecord {
  return { topic: "orders.inventory.dlt", partition: 1, offset, timestampMs: Date.UTC(2026, 0, 4), ...record };
}

/** The dead letter that this project writes for the record. */
export function letterOf(record: SourceRecord = original, failedAt = "2026-01-03T00:00:00.000Z"): OutgoingRecord {
  const error = new BackboneError("RULE_VIOLATED", "too much – ü");
  return deadLetterRecord({ record, error, attempts: 3, consumerGroup: "inventory", failedAt: new Date(failedAt) });
}

/** The only dead letter of the record, in a topic that its group reads. */
export function read(record: SourceRecord): StoredDeadLetter {
  const [letter, ...more] = readDeadLetters(record, { groupOf: () => "inventory" });
  if (letter === undefined || more.length > 0) throw new Error(`${1 + more.length} dead letters`);
  return letter;
}
