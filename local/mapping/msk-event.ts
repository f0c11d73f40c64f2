import type { KafkaMessage } from "kafkajs";
import type { MskEvent, MskRecord } from "../../shared/msk-event/index.ts";

/** Payload of one invocation, at most (6 MB, Lambda's limit for a mapping's batch). */
export const maxPayloadBytes = 6 * 1024 * 1024;

export type TimestampType = MskRecord["timestampType"];

/** One Kafka message as the mapping puts it into the event. An absent key and a tombstone's value are left out. */
export function toMskRecord(
  topic: string,
  partition: number,
  message: KafkaMessage,
  timestampType: TimestampType,
): MskRecord {
  return {
    topic,
    partition,
    offset: Number(message.offset),
    timestamp: Number(message.timestamp),
    timestampType,
    ...(message.key === null ? {} : { key: message.key.toString("base64") }),
    ...(message.value === null ? {} : { value: message.value.toString("base64") }),
    headers: Object.entries(message.headers ?? {}).flatMap(([name, values]) =>
      [values ?? []].flat().map((value) => ({ [name]: signedBytes(Buffer.from(value)) })),
    ),
  };
}

/** The event of one invocation; records of a partition in offset order under "<topic>-<partition>". */
export function toMskEvent(eventSourceArn: string, bootstrapServers: string, records: readonly MskRecord[]): MskEvent {
  return {
    eventSource: "aws:kafka",
    eventSourceArn,
    bootstrapServers,
    records: Object.groupBy(records, ({ topic, partition }) => `${topic}-${partition}`) as Record<string, MskRecord[]>,
  };
}

/** Header bytes come as Java's signed bytes, -128…127. */
function signedBytes(bytes: Buffer): number[] {
  return [...new Int8Array(bytes)];
}
