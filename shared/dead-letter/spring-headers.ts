import { type AddedHeaders, classNameOf, type DeadLetter, messageOf, stackOf } from "./dead-letter.ts";

/**
 * The headers that Spring Kafka's DeadLetterPublishingRecoverer writes: numbers in big-endian bytes, int32 for the
 * partition, int64 for offset and timestamp. Like there, those of a later failure follow those of an earlier one, and
 * the last one counts. The timestamp's type is there where the record knows it.
 *
 * @see https://docs.spring.io/spring-kafka/reference/kafka/annotation-error-handling.html#dlpr-headers
 */
export function springHeaders({ record, error, consumerGroup }: DeadLetter): AddedHeaders {
  const cause = error.cause instanceof Error ? error.cause : undefined;
  const timestampType = javaNames.get(record.timestampType);
  return [
    ["kafka_dlt-original-topic", record.topic],
    ["kafka_dlt-original-partition", int32(record.partition)],
    ["kafka_dlt-original-offset", int64(record.offset)],
    ["kafka_dlt-original-timestamp", int64(record.timestampMs)],
    ...(timestampType ? ([["kafka_dlt-original-timestamp-type", timestampType]] satisfies AddedHeaders) : []),
    ["kafka_dlt-original-consumer-group", consumerGroup],
    ["kafka_dlt-exception-fqcn", classNameOf(error)],
    ...(cause ? ([["kafka_dlt-exception-cause-fqcn", String(cause.name)]] satisfies AddedHeaders) : []),
    ["kafka_dlt-exception-message", messageOf(error)],
    ["kafka_dlt-exception-stacktrace", stackOf(error)],
  ];
}

/** What Java's TimestampType calls itself. */
const javaNames: ReadonlyMap<unknown, string> = new Map([
  ["CREATE_TIME", "CreateTime"],
  ["LOG_APPEND_TIME", "LogAppendTime"],
]);

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}

/** -1, as Kafka has it, for a timestamp that is no whole number: only a hand-written event holds one. */
function int64(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64BE(Number.isSafeInteger(value) ? BigInt(value) : -1n);
  return bytes;
}
