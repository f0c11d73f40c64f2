import kafkajs, {
  type Consumer,
  type ConsumerConfig,
  type ConsumerCrashEvent,
  type ConsumerRunConfig,
  type Kafka,
  type KafkaMessage,
} from "kafkajs";

type UsedOfConsumer = Pick<
  Consumer,
  "connect" | "disconnect" | "subscribe" | "run" | "commitOffsets" | "on" | "events"
>;

/** A consumer of kafkajs as far as a mapping uses it; the test hands it batches and sees what is committed. */
export interface FakeConsumer {
  readonly kafka: Kafka;
  /** Group, topic and position that the mapping asked for. */
  readonly asked: Record<string, unknown>;
  /** Committed offsets in order, each as `<partition>@<offset>`. */
  readonly committed: readonly string[];
  /** Partitions that the mapping does not want to read now. */
  readonly paused: ReadonlySet<number>;
  /** Hands the next messages of a partition to the mapping; resolves when more may be handed over, of any. */
  deliver(partition: number, offsets: readonly number[]): Promise<void>;
  failNextCommit(error: Error): void;
  /** Ends it, for a reason that kafkajs begins anew after, or not. */
  crash(restart: boolean, reason?: { readonly name?: string; readonly type?: string }): void;
  join(): void;
  failConnects(count: number): void;
  /** How often it has begun to read. */
  readonly begun: () => number;
}

export function fakeConsumer(topic: string): FakeConsumer {
  const asked: Record<string, unknown> = {};
  const committed: string[] = [];
  const paused = new Set<number>();
  let run: ConsumerRunConfig = {};
  let onCrash = (_: ConsumerCrashEvent) => {};
  let onJoin = () => {};
  let begun = 0;
  let connectFailures = 0;
  let running = true;
  let commitFailure: Error | undefined;

  const { events } = new kafkajs.Kafka({ brokers: ["nowhere:1"] }).consumer({ groupId: "none" });
  const consumer: UsedOfConsumer = {
    events,
    on: (name: string, listener: (event: never) => void) => {
      if (name === events.CRASH) onCrash = listener as typeof onCrash;
      if (name === events.GROUP_JOIN) onJoin = listener as typeof onJoin;
      return () => {};
    },
    connect: async () => {
      if (connectFailures-- > 0) throw new Error("no broker");
    },
    disconnect: async () => {
      running = false;
    },
    subscribe: async (subscription) => {
      Object.assign(asked, subscription);
    },
    run: async (config = {}) => {
      run = config;
      begun += 1;
    },
    commitOffsets: async (offsets) => {
      const failure = commitFailure;
      commitFailure = undefined;
      if (failure !== undefined) throw failure;
      committed.push(...offsets.map(({ partition, offset }) => `${partition}@${offset}`));
    },
  };
  const kafka: Pick<Kafka, "consumer"> = {
    consumer: ({ groupId }: ConsumerConfig) => {
      asked.groupId = groupId;
      return consumer as Consumer;
    },
  };

  return {
    kafka: kafka as Kafka,
    asked,
    committed,
    paused,
    async deliver(partition, offsets) {
      const messages = offsets.map(messageAt);
      await run.eachBatch?.({
        batch: {
          topic,
          partition,
          messages,
          highWatermark: "1000",
          isEmpty: () => messages.length === 0,
          firstOffset: () => messages[0]?.offset ?? null,
          lastOffset: () => messages.at(-1)?.offset ?? "-1",
          offsetLag: () => "0",
          offsetLagLow: () => "0",
        },
        resolveOffset: () => {},
        heartbeat: async () => {},
        pause: () => {
          paused.add(partition);
          return () => void paused.delete(partition);
        },
        commitOffsetsIfNecessary: async () => {},
        uncommittedOffsets: () => ({ topics: [] }),
        isRunning: () => running,
        isStale: () => false,
      });
    },
    failNextCommit(error) {
      commitFailure = error;
    },
    begun: () => begun,
    failConnects(count) {
      connectFailures = count;
    },
    join: () => onJoin(),
    crash(restart, reason) {
      const error = Object.assign(new Error("the reader's reason"), reason);
      const payload = { error, groupId: "inventory", restart };
      onCrash({ id: "1", type: "consumer.crash", timestamp: 0, payload });
    },
  };
}

/** A millisecond younger with each offset. */
function messageAt(offset: number): KafkaMessage {
  return {
    key: Buffer.from("k"),
    value: Buffer.from("v"),
    timestamp: String(1_700_000_000_000 + offset),
    attributes: 0,
    offset: String(offset),
    headers: {},
  };
}
