import type { Admin, Kafka } from "kafkajs";
import { expect, it } from "vitest";
import { beginAt } from "../../../../local/mapping/starting-position.ts";

const mapping = { topic: "orders", consumerGroup: "inventory" };

/** A cluster whose group has committed these offsets of the partitions 0 and 1; tells what is set. */
function clusterOf(committed: [string, string]) {
  const set: unknown[] = [];
  const admin: Pick<Admin, "connect" | "disconnect" | "fetchOffsets" | "fetchTopicOffsetsByTimestamp" | "setOffsets"> =
    {
      connect: async () => {},
      disconnect: async () => {},
      fetchOffsets: async () => [
        {
          topic: "orders",
          partitions: committed.map((offset, partition) => ({ partition, offset, metadata: null })),
        },
      ],
      fetchTopicOffsetsByTimestamp: async (_, timestamp) => [
        { partition: 0, offset: String(timestamp) },
        { partition: 1, offset: "7" },
      ],
      setOffsets: async (offsets) => void set.push(offsets),
    };
  const kafka: Pick<Kafka, "admin"> = { admin: () => admin as Admin };
  return { kafka: kafka as Kafka, set };
}

it("a new group begins in each partition at the first record of that time or later", async () => {
  const { kafka, set } = clusterOf(["-1", "-1"]);

  await beginAt(1_000, kafka, mapping);

  expect(set).toEqual([
    {
      groupId: "inventory",
      topic: "orders",
      partitions: [
        { partition: 0, offset: "1000" },
        { partition: 1, offset: "7" },
      ],
    },
  ]);
});

it.each<[committed: [string, string], set: { partition: number; offset: string }]>([
  [["-1", "3"], { partition: 0, offset: "1000" }],
  [["0", "-1"], { partition: 1, offset: "7" }],
])(
  "with %j committed, begins in the partition without, and leaves the other where it was",
  async (committed, begun) => {
    const { kafka, set } = clusterOf(committed);

    await beginAt(1_000, kafka, mapping);

    expect(set).toEqual([{ groupId: "inventory", topic: "orders", partitions: [begun] }]);
  },
);

it("a group that has begun in every partition goes on where it was", async () => {
  const { kafka, set } = clusterOf(["0", "3"]);

  await beginAt(1_000, kafka, mapping);

  expect(set).toEqual([]);
});
