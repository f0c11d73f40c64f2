import type { RecordHeaders } from "../msk-event/index.ts";

/** Names of the headers that a dead-letter record has besides its original ones. Values are UTF-8 text. */
export const deadLetterHeaders = {
  originalTopic: "dlt-original-topic",
  originalPartition: "dlt-original-partition",
  originalOffset: "dlt-original-offset",
  /** ISO 8601, UTC; the number that the record has where that is no time, -1 where it has none */
  originalTimestamp: "dlt-original-timestamp",
  consumerGroup: "dlt-consumer-group",
  /** A code of the closed list of error codes. */
  errorCode: "dlt-error-code",
  errorMessage: "dlt-error-message",
  errorStack: "dlt-error-stack",
  attempts: "dlt-attempts",
  /** How often the record came back from a dead-letter topic before it failed again; a redrive writes it, one higher. */
  redriveCount: "dlt-redrive-count",
  /** ISO 8601, UTC */
  failedAt: "dlt-failed-at",
  /** W3C traceparent of the span in which the record failed; the producer's own stays in `traceparent`. */
  traceparent: "dlt-traceparent",
  /**
   * Of a value that is what the mapping made of the topic's: format and id of its schema, `AVRO/42`, and that it cannot
   * be redriven.
   */
  valueSchema: "dlt-value-schema",
  /** The same of the key. */
  keySchema: "dlt-key-schema",
  /** Of a redriven record: the one consumer group that it is for. Every other group skips it. */
  redriveGroup: "dlt-redrive-group",
  /** Of a redriven record and its dead letters: when it failed first, ISO 8601, UTC. */
  firstFailedAt: "dlt-first-failed-at",
  /** The same: the code that it failed with first. */
  firstErrorCode: "dlt-first-error-code",
  /** The same: where it lay when it failed first, `<topic>/<partition>/<offset>`. */
  firstRecord: "dlt-first-record",
} as const;

const ownNames: ReadonlySet<string> = new Set(Object.values(deadLetterHeaders));

/** What is not of this project's dead letters: the headers that the record came with. */
export function originalHeadersOf(headers: RecordHeaders): RecordHeaders {
  return headers.filter(([name]) => !ownNames.has(name));
}

/** The last header of that name as text. */
export function lastTextOf(headers: RecordHeaders, name: string): string | undefined {
  return headers.findLast(([header]) => header === name)?.[1].toString("utf8");
}

/** 0 for a record that was never redriven; what the redrive wrote, otherwise. */
export function redriveCountOf(headers: RecordHeaders): number {
  return wholeNumberOf(lastTextOf(headers, deadLetterHeaders.redriveCount)) ?? 0;
}

/** Undefined for what is none. Headers come from anyone who may write to the topic. */
export function wholeNumberOf(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}
