import type { Kafka } from "kafkajs";
import { BackboneError } from "../shared/errors.ts";
import { fromKafkajsMessage } from "../shared/kafkajs-message/index.ts";
import type { SourceRecord } from "../shared/msk-event/index.ts";

export interface ReadTopicsOptions {
  readonly kafka: Kafka;
  readonly topics: readonly string[];
  /** What the reading group's name begins with. It is used once, commits nothing and is deleted: nobody's cursor moves. */
  readonly groupPrefix: string;
  /** Handles the next records of a partition, in their order; the partition waits for it. */
  readonly onRecords: (records: readonly SourceRecord[]) => Promise<void> | void;
  /** Ends the reading early, without an error. */
  readonly signal?: AbortSignal;
  /** Milliseconds for which no partition may go on. @default 60000 */
  readonly stallTimeoutMs?: number;
}

/**
 * Reads topics from their beginning to the ends that they have when it starts.
 *
 * @throws BackboneError KAFKA_UNAVAILABLE if they cannot be read that far; what `onRecords` throws
 */
export async function readTopics(options: ReadTopicsOptions): Promise<void> {
  const { kafka, topics, groupPrefix, onRecords, signal, stallTimeoutMs = 60_000 } = options;
  const admin = kafka.admin();
  await admin.connect();
  try {
    const unread = await unreadOf(topics, (topic) => admin.fetchTopicOffsets(topic));
    if (unread.size === 0 || signal?.aborted) return;
    const groupId = `${groupPrefix}${crypto.randomUUID()}`;
    const consumer = kafka.consumer({ groupId, maxWaitTimeInMs: 100, allowAutoTopicCreation: false });
    let failed = false;
    /** The next offset of each partition: when the group has to form again, nothing is committed, and it begins anew. */
    const next = new Map<string, number>();
    const { promise: read, resolve, reject } = Promise.withResolvers<void>();
    const stalled = setTimeout(() => {
      const lacking = [...unread.keys()].join(", ");
      reject(new BackboneError("KAFKA_UNAVAILABLE", `nothing more was read for ${stallTimeoutMs} ms of ${lacking}`));
    }, stallTimeoutMs);
    /** Also told of offsets that hold no record: what was compacted, marks of transactions. */
    const passed = (topic: string, partition: number, offset: string) => {
      stalled.refresh();
      const name = `${topic}/${partition}`;
      if (Number(offset) >= (unread.get(name) ?? Number.POSITIVE_INFINITY)) unread.delete(name);
      if (unread.size === 0) resolve();
    };
    consumer.on(consumer.events.END_BATCH_PROCESS, ({ payload: { topic, partition, lastOffset } }) =>
      passed(topic, partition, lastOffset),
    );
    consumer.on(consumer.events.CRASH, ({ payload: { error, restart } }) => {
      if (!restart) reject(new BackboneError("KAFKA_UNAVAILABLE", `reading ended: ${error.message}`, { cause: error }));
    });
    signal?.addEventListener("abort", () => resolve(), { once: true });
    try {
      await consumer.connect();
      await consumer.subscribe({ topics: [...topics], fromBeginning: true });
      await consumer.run({
        autoCommit: false,
        partitionsConsumedConcurrently: 1,
        eachBatch: async ({ batch: { topic, partition, messages }, heartbeat }) => {
          const name = `${topic}/${partition}`;
          const last = unread.get(name);
          if (last === undefined || failed || signal?.aborted) return;
          const from = next.get(name) ?? 0;
          const wanted = messages.filter(({ offset }) => Number(offset) >= from && Number(offset) <= last);
          next.set(name, Number(wanted.at(-1)?.offset ?? from - 1) + 1);
          try {
            await onRecords(wanted.map((message) => fromKafkajsMessage(topic, partition, message)));
          } catch (error) {
            // Thrown, kafkajs would read them again.
            failed = true;
            reject(error);
          }
          await heartbeat();
        },
      });
      await read;
    } finally {
      clearTimeout(stalled);
      await consumer.disconnect();
      // Not worth an error, now that everything is read and perhaps acted on: a group without offsets goes by itself.
      await admin.deleteGroups([groupId]).catch(() => undefined);
    }
  } finally {
    await admin.disconnect();
  }
}

/** The last offset of each partition that holds anything, by `<topic>/<partition>`. */
async function unreadOf(
  topics: readonly string[],
  offsetsOf: (topic: string) => Promise<{ partition: number; low: string; high: string }[]>,
): Promise<Map<string, number>> {
  const unread = new Map<string, number>();
  for (const topic of topics) {
    for (const { partition, low, high } of await offsetsOf(topic)) {
      if (Number(high) > Number(low)) unread.set(`${topic}/${partition}`, Number(high) - 1);
    }
  }
  return unread;
}
