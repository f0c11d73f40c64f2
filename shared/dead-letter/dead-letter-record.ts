import type { BackboneError } from "../errors.ts";
import type { OutgoingRecord } from "../kafka/index.ts";
import type { SourceRecord } from "../msk-event/index.ts";
import { deadLetterHeaders as names } from "./headers.ts";
import { stackText } from "./stack-text.ts";

/** Headers ride on every copy of the record and count against the broker's record limit (1 MiB by default). */
const maxMessageCharacters = 1_024;
const maxStackCharacters = 4_096;

export interface DeadLetter {
  readonly record: SourceRecord;
  readonly error: BackboneError;
  /** How often the record was tried, 1 or more. */
  readonly attempts: number;
  readonly consumerGroup: string;
  readonly failedAt: Date;
}

/**
 * The record for the dead-letter topic: original key, value bytes and headers untouched and in their order, followed by
 * the `dlt-*` headers. A record that was redriven keeps the headers of its earlier failure; of headers with one name, the
 * last one is of the latest failure.
 */
export function deadLetterRecord({ record, error, attempts, consumerGroup, failedAt }: DeadLetter): OutgoingRecord {
  const added: [name: string, value: string][] = [
    [names.originalTopic, record.topic],
    [names.originalPartition, String(record.partition)],
    [names.originalOffset, String(record.offset)],
    [names.originalTimestamp, isoTime(record.timestampMs)],
    [names.consumerGroup, consumerGroup],
    [names.errorCode, error.code],
    [names.errorMessage, error.message.slice(0, maxMessageCharacters).toWellFormed()],
    [names.errorStack, stackText(error, maxStackCharacters)],
    [names.attempts, String(attempts)],
    [names.redriveCount, String(redriveCountOf(record))],
    [names.failedAt, failedAt.toISOString()],
  ];
  return {
    key: record.key,
    value: record.value,
    headers: [...record.headers, ...added.map(([name, value]) => [name, Buffer.from(value)] as const)],
  };
}

/** 0 for a record that was never redriven; what the redrive wrote, otherwise. */
function redriveCountOf(record: SourceRecord): number {
  const text = record.headers.findLast(([name]) => name === names.redriveCount)?.[1].toString("utf8") ?? "0";
  return /^\d{1,9}$/.test(text) ? Number(text) : 0;
}

/** Kafka gives -1 where a record has no timestamp; a producer may write any number. */
function isoTime(timestampMs: number): string {
  const time = new Date(timestampMs);
  return Number.isNaN(time.getTime()) ? String(timestampMs) : time.toISOString();
}
