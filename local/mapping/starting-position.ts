import type { Kafka } from "kafkajs";
import type { MappingDefinition } from "./mapping-definition.ts";

/**
 * Lets a group begin, in each partition of which it has committed nothing, at the first record of that time or later;
 * in the others it goes on where it was. Partition by partition: they are set one after the other, which can be cut
 * short, and a topic can get more of them.
 */
export async function beginAt(
  timestampMs: number,
  kafka: Kafka,
  { topic, consumerGroup: groupId }: Pick<MappingDefinition, "topic" | "consumerGroup">,
): Promise<void> {
  const admin = kafka.admin();
  await admin.connect();
  try {
    const committed = await admin.fetchOffsets({ groupId, topics: [topic] });
    const begun = new Set(
      committed.flatMap(({ partitions }) =>
        // -1: nothing is committed yet
        partitions.filter(({ offset }) => offset !== "-1").map(({ partition }) => partition),
      ),
    );
    const offsets = await admin.fetchTopicOffsetsByTimestamp(topic, timestampMs);
    const partitions = offsets.filter(({ partition }) => !begun.has(partition));
    if (partitions.length === 0) return;
    await admin.setOffsets({ groupId, topic, partitions });
  } finally {
    await admin.disconnect();
  }
}
