import type { ICustomPartitioner, KafkaConfig, Message } from "kafkajs";
import type { KafkaAuth, KafkaClient } from "../kafka/index.ts";
import { toKafkajsMessage } from "../kafkajs-message/index.ts";
import type { Logger } from "../logging/index.ts";
import { stopIdleTimers } from "./idle-timers.ts";
import { saslOf } from "./sasl.ts";
import { type BrokerAddress, trackedSockets } from "./sockets.ts";

export interface KafkajsClientOptions {
  readonly brokers: readonly string[];
  readonly auth: KafkaAuth;
  readonly logger: Logger;
  /** Where to connect to for a broker's address, e.g. the end of a tunnel. @default the address itself */
  readonly route?: (broker: BrokerAddress) => BrokerAddress;
}

// Five attempts to connect at 3 s each are the default time budget of a send, 15 s; two requests at 6 s fit into it.
const connectionTimeoutMs = 3_000;
const requestTimeoutMs = 6_000;

/**
 * A client of kafkajs. The signer of IAM tokens and the client of Secrets Manager are loaded when they are asked for.
 *
 * `createProducer` loads this folder on use. It imports nothing that a cold start needs too: esbuild would put that into a
 * further chunk, to be read by every cold start.
 */
export async function createKafkajsClient(options: KafkajsClientOptions): Promise<KafkaClient> {
  const { brokers, auth, logger, route = (broker) => broker } = options;
  // By its default export: in a chunk of a bundle, a CommonJS package has no other.
  const { Kafka, Partitioners, logLevel } = (await import("kafkajs")).default;
  await stopIdleTimers();
  const sockets = trackedSockets(route);
  const partitions = new WeakMap<Message, number>();
  let isSpent = false;
  const kafka = new Kafka({
    clientId: "msk-event-backbone",
    brokers: [...brokers],
    ...(auth.mechanism === "client-settings" ? auth.settings : { ssl: true, sasl: await saslOf(auth) }),
    connectionTimeout: connectionTimeoutMs,
    requestTimeout: requestTimeoutMs,
    // Bounded, because kafkajs goes on retrying for a client that has been closed.
    // All of it said, because kafkajs takes other defaults where NODE_ENV is test.
    retry: { initialRetryTime: 100, maxRetryTime: 1_000, retries: 4, factor: 0.2, multiplier: 2 },
    socketFactory: sockets.factory,
    logLevel: logLevel.ERROR,
    logCreator: logCreatorOf(logger, sockets.isClosed),
  });
  const producer = kafka.producer({
    idempotent: true,
    maxInFlightRequests: 1,
    allowAutoTopicCreation: false,
    retry: { retries: 8 },
    createPartitioner: stablePartitioner(Partitioners.DefaultPartitioner, partitions, () => {
      isSpent = true;
    }),
  });
  // A connection that was cut without a word looks open: kafkajs would repeat the request on it until time is up.
  producer.on(producer.events.REQUEST_TIMEOUT, ({ payload }) => sockets.cut(payload.broker, "a request timed out"));
  return {
    connect: () => producer.connect(),
    async sendBatch(records) {
      const messages = records.map(({ topic, record }) => ({ topic, message: toKafkajsMessage(record) }));
      const topicMessages = [...Map.groupBy(messages, ({ topic }) => topic)].map(([topic, group]) => ({
        topic,
        messages: group.map(({ message }) => message),
      }));
      const acknowledgements = await producer.sendBatch({ acks: -1, timeout: requestTimeoutMs, topicMessages });
      // When a leader moves between two attempts, kafkajs leaves out what the new leader was not asked for in the first
      // one and reports success: only a partition that is in the answer is acknowledged.
      const acknowledged = new Set(acknowledgements.map(({ topicName, partition }) => `${topicName}-${partition}`));
      const lacking = messages.find(({ topic, message }) => !acknowledged.has(`${topic}-${partitions.get(message)}`));
      if (lacking !== undefined) {
        throw new Error(
          `partition ${partitions.get(lacking.message)} of ${lacking.topic} is not in the acknowledgement`,
        );
      }
    },
    // Requests of an attempt go on when that to another broker has failed. One that fails after its partition has moved
    // and was sent to the new leader rolls back what the latter has counted.
    get isSpent() {
      return isSpent;
    },
    close: async () => sockets.close(),
  };
}

/**
 * Keeps a message in the partition that it was given first. kafkajs asks again for each attempt, and a message without
 * a key would change its partition: the sequence of the first one, rolled back, would then swallow a later record.
 *
 * @param onRepetition called when kafkajs asks again
 */
function stablePartitioner(
  create: ICustomPartitioner,
  partitions: WeakMap<Message, number>,
  onRepetition: () => void,
): ICustomPartitioner {
  return () => {
    const choose = create();
    return (choice) => {
      const earlier = partitions.get(choice.message);
      if (earlier !== undefined) onRepetition();
      const partition = earlier ?? choose(choice);
      partitions.set(choice.message, partition);
      return partition;
    };
  };
}

/** kafkajs's errors as structured lines; those of a client that has been closed are of no interest. */
function logCreatorOf(logger: Logger, isClosed: () => boolean): NonNullable<KafkaConfig["logCreator"]> {
  return () =>
    ({ namespace, log }) => {
      if (isClosed()) return;
      const [broker, error] = [log.broker, log.error].map((field) => (typeof field === "string" ? field : undefined));
      logger.warn("kafkajs reported an error", { namespace, broker, reason: log.message, error });
    };
}
