import kafkajs, { type Admin, type Consumer, type ConsumerRunConfig, type Kafka } from "kafkajs";
import { expect, test } from "vitest";
import { readTopics } from "../../../local/read-topics.ts";

const { events } = new kafkajs.Kafka({ brokers: ["nowhere:1"] }).consumer({ groupId: "none" });

type Fetch = (offsets: readonly number[]) => Promise<void>;

/** A topic `letters` of one partition with the offsets 0 to `last`; `fetching` hands over what the consumer is to get. */
function fakeKafka(last: number, fetching: (fetch: Fetch) => Promise<void>, deleteGroups: Admin["deleteGroups"]) {
  const listeners = new Map<string, (event: never) => void>();
  const ended: string[] = [];
  async function fetch(run: ConsumerRunConfig, offsets: readonly number[]) {
    const messages = offsets.map((offset) => ({
      key: Buffer.from(`k-${offset}`),
      value: null,
      timestamp: "1700000000000",
      attributes: 0,
      offset: String(offset),
      headers: {},
    }));
    const lastOffset = String(offsets.at(-1));
    await run.eachBatch?.({
      batch: {
        ...{ topic: "letters", partition: 0, messages, highWatermark: String(last + 1) },
        isEmpty: () => false,
        firstOffset: () => String(offsets[0]),
        lastOffset: () => lastOffset,
        offsetLag: () => "0",
        offsetLagLow: () => "0",
      },
      resolveOffset: () => {},
      heartbeat: async () => {},
      pause: () => () => {},
      commitOffsetsIfNecessary: async () => {},
      uncommittedOffsets: () => ({ topics: [] }),
      isRunning: () => true,
      isStale: () => false,
    });
    const payload = { topic: "letters", partition: 0, lastOffset };
    listeners.get(events.END_BATCH_PROCESS)?.({ payload } as never);
  }
  const consumer: Pick<Consumer, "connect" | "disconnect" | "subscribe" | "run" | "on" | "events"> = {
    events,
    on: (name: string, listener: (event: never) => void) => {
      listeners.set(name, listener);
      return () => {};
    },
    connect: async () => {},
    disconnect: async () => void ended.push("disconnected"),
    subscribe: async () => {},
    run: async (config = {}) => void fetching((offsets) => fetch(config, offsets)),
  };
  const admin: Pick<Admin, "connect" | "disconnect" | "fetchTopicOffsets" | "deleteGroups"> = {
    connect: async () => {},
    disconnect: async () => {},
    fetchTopicOffsets: async () => [{ partition: 0, offset: String(last + 1), low: "0", high: String(last + 1) }],
    deleteGroups: async (groups) => {
      ended.push("deleted");
      return deleteGroups(groups);
    },
  };
  const kafka: Pick<Kafka, "admin" | "consumer"> = {
    admin: () => admin as Admin,
    consumer: () => consumer as Consumer,
  };
  return { kafka: kafka as Kafka, ended };
}

async function read(kafka: Kafka, signal?: AbortSignal) {
  const keys: string[] = [];
  await readTopics({
    ...{ kafka, topics: ["letters"], groupPrefix: "test-" },
    ...(signal && { signal }),
    onRecords: (records) => void keys.push(...records.map(({ key }) => String(key))),
  });
  return keys;
}

test("what is handed over again, because the group had to form again, is read once", async () => {
  const { kafka } = fakeKafka(
    3,
    async (fetch) => {
      await fetch([0, 1]);
      await fetch([0, 1, 2]);
      // Offset 4 came after the reading had begun.
      await fetch([3, 4]);
    },
    async () => [],
  );

  expect(await read(kafka)).toEqual(["k-0", "k-1", "k-2", "k-3"]);
});

test("a group that cannot be deleted takes nothing back of what was read", async () => {
  const refused = async () => {
    throw new kafkajs.KafkaJSError("group authorization failed");
  };
  const { kafka, ended } = fakeKafka(0, (fetch) => fetch([0]), refused);

  expect(await read(kafka)).toEqual(["k-0"]);
  expect(ended).toEqual(["disconnected", "deleted"]);
});

test("an interruption ends it where it is", async () => {
  const interruption = new AbortController();
  const { kafka, ended } = fakeKafka(
    9,
    async (fetch) => {
      await fetch([0]);
      interruption.abort();
      await fetch([1]);
    },
    async () => [],
  );

  expect(await read(kafka, interruption.signal)).toEqual(["k-0"]);
  expect(ended).toEqual(["disconnected", "deleted"]);
});
