import type { Kafka } from "kafkajs";
import type { MappingDefinition } from "./mapping-definition.ts";

/** Lets a new group begin at the first records of that time or later; a group that has begun goes on where it was. */
export async function beginAt(
  timestampMs: number,
  kafka: Kafka,
  { topic, consumerGroup: groupId }: Pick<MappingDefinition, "topic" | "consumerGroup">,
): Promise<void> {
  const admin = kafka.admin();
  await admin.connect();
  try {
    const committed = await admin.fetchOffsets({ groupId, topics: [topic] });
    // -1: nothing is committed yet
    if (committed.some(({ partitions }) => partitions.some(({ offset }) => offset !== "-1"))) return;
    const partitions = await admin.fetchTopicOffsetsByTimestamp(topic, timestampMs);
    await admin.setOffsets({ groupId, topic, partitions });
  } finally {
    await admin.disconnect();
  }
}
