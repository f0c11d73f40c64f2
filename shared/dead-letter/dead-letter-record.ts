import type { OutgoingRecord } from "../kafka/index.ts";
import { bytesInTopic } from "./bytes-in-topic.ts";
import { connectHeaders } from "./connect-headers.ts";
import { type AddedHeaders, type DeadLetter, messageOf, stackOf } from "./dead-letter.ts";
import { lastTextOf, deadLetterHeaders as names, originalHeadersOf, redriveCountOf } from "./headers.ts";
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
 * The record for the dead-letter topic: key and value as the source topic has them, which `bytesInTopic` sees to, and its
 * headers untouched and in their order, followed by the `dlt-*` headers. Those of an earlier failure are replaced, so that
 * a record that fails time and again does not grow: of its history it keeps how often it was redriven, and when, where and
 * why it failed first. The foreign headers go by the rules of the tools that they are for. The producer's client gathers
 * headers of one name when it sends.
 */
export function deadLetterRecord(
  letter: DeadLetter,
  { headersFor = [], brief = false }: DeadLetterRecordOptions = {},
): OutgoingRecord {
  const { record, eventRecordFormat } = letter;
  const key = bytesInTopic(record.key, record.keySchema, eventRecordFormat);
  const value = bytesInTopic(record.value, record.valueSchema, eventRecordFormat);
  const schemas: AddedHeaders = [
    ...(key.schema === undefined ? [] : ([[names.keySchema, key.schema]] satisfies AddedHeaders)),
    ...(value.schema === undefined ? [] : ([[names.valueSchema, value.schema]] satisfies AddedHeaders)),
  ];
  const foreign = brief ? [] : headersFor.flatMap((name) => foreignHeaders[name](letter));
  const added = [...ownHeaders(letter, brief), ...schemas, ...foreign];
  return {
    key: key.bytes,
    value: value.bytes,
    headers: [...originalHeadersOf(record.headers), ...added.map(([name, value]) => [name, bytesOf(value)] as const)],
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
    [names.redriveCount, String(redriveCountOf(record.headers))],
    [names.failedAt, failedAt.toISOString()],
    ...(traceparent === undefined ? [] : ([[names.traceparent, traceparent]] satisfies AddedHeaders)),
    ...[names.firstFailedAt, names.firstErrorCode, names.firstRecord].flatMap((name): AddedHeaders => {
      const text = lastTextOf(record.headers, name);
      return text === undefined ? [] : [[name, text]];
    }),
  ];
}

function bytesOf(value: string | Buffer): Buffer {
  return typeof value === "string" ? Buffer.from(value) : value;
}

/** Kafka gives -1 where a record has no timestamp, and a producer may write any number: what is no time stays a number. */
function isoTime(timestampMs: number): string {
  const time = new Date(timestampMs);
  return timestampMs < 0 || Number.isNaN(time.getTime()) ? String(timestampMs) : time.toISOString();
}
