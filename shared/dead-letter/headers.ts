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
  /** How often the record came back from a dead-letter topic before it failed again. */
  redriveCount: "dlt-redrive-count",
  /** ISO 8601, UTC */
  failedAt: "dlt-failed-at",
  /** W3C traceparent of the span in which the record failed; the producer's own stays in `traceparent`. */
  traceparent: "dlt-traceparent",
} as const;
