import type { OutgoingRecord } from "../kafka/index.ts";
import type { SourceRecord } from "../msk-event/index.ts";
import { connectHeaders } from "./connect-headers.ts";
import { type AddedHeaders, type DeadLetter, messageOf, stackOf } from "./dead-letter.ts";
import { deadLetterHeaders as names } from "./headers.ts";
import { springHeaders } from "./spring-headers.ts";

const foreignHeaders = { spring: springHeaders, connect: connectHeaders } as const;

/** Whose names are written besides the project's own, for tools that read those. */
export type ForeignHeaders = keyof typeof foreignHeaders;

export interface DeadLetterRecordOptions {
  /** @default none */
  readonly headersFor?: readonly ForeignHeaders[];
  /**
   * Leaves out the stack and foreign names, for a record that is too large with them: at most 3 KiB of message and some
   * hundred bytes stay.
   *
   * @default false
   */
  readonly brief?: boolean;
}

/**
 * The record for the dead-letter topic: original key, value bytes and headers untouched and in their order, followed by
 * the `dlt-*` headers. A record that was redriven keeps the headers of its earlier failure; of headers with one name, the
 * last one is of the latest failure. The producer's client gathers headers of one name when it sends.
 */
export function deadLetterRecord(
  letter: DeadLetter,
  { headersFor = [], brief = false }: DeadLetterRecordOptions = {},
): OutgoingRecord {
  const { record } = letter;
  const foreign = brief ? [] : headersFor.flatMap((name) => foreignHeaders[name](letter));
  const added = [...ownHeaders(letter, brief), ...foreign];
  return {
    key: record.key,
    value: record.value,
    headers: [...record.headers, ...added.map(([name, value]) => [name, bytesOf(value)] as const)],
  };
}

function ownHeaders(letter: DeadLetter, brief: boolean): AddedHeaders {
  const { record, error, attempts, consumerGroup, failedAt, traceparent } = letter;
  return [
    [names.originalTopic, record.topic],
    [names.originalPartition, String(record.partition)],
    [names.originalOffset, String(record.offset)],
    [names.originalTimestamp, isoTime(record.timestampMs)],
    [names.consumerGroup, consumerGroup],
    [names.errorCode, error.code],
    [names.errorMessage, messageOf(error)],
    ...(brief ? [] : ([[names.errorStack, stackOf(error)]] satisfies AddedHeaders)),
    [names.attempts, String(attempts)],
    [names.redriveCount, String(redriveCountOf(record))],
    [names.failedAt, failedAt.toISOString()],
    ...(traceparent === undefined ? [] : ([[names.traceparent, traceparent]] satisfies AddedHeaders)),
  ];
}

function bytesOf(value: string | Buffer): Buffer {
  return typeof value === "string" ? Buffer.from(value) : value;
}

/** 0 for a record that was never redriven; what the redrive wrote, otherwise. */
function redriveCountOf(record: SourceRecord): number {
  const text = record.headers.findLast(([name]) => name === names.redriveCount)?.[1].toString("utf8") ?? "0";
  return /^\d{1,9}$/.test(text) ? Number(text) : 0;
}

/** Kafka gives -1 where a record has no timestamp, and a producer may write any number: what is no time stays a number. */
function isoTime(timestampMs: number): string {
  const time = new Date(timestampMs);
  return timestampMs < 0 || Number.isNaN(time.getTime()) ? String(timestampMs) : time.toISOString();
}
