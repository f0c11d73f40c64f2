import { isIP, type Socket } from "node:net";
import { connect } from "node:tls";
import type { ICustomPartitioner, IHeaders, ISocketFactory, KafkaConfig, Message, SASLOptions } from "kafkajs";
import type { Logger } from "../logging/index.ts";
import type { KafkaAuth, KafkaClient } from "./kafka-client.ts";
import { stopIdleTimers } from "./kafkajs-idle-timers.ts";
import type { OutgoingRecord } from "./producer.ts";

export interface KafkajsClientOptions {
  readonly brokers: readonly string[];
  readonly auth: KafkaAuth;
  readonly logger: Logger;
}

// Five attempts to connect at 3 s each are the default time budget of a send, 15 s; two requests at 6 s fit into it.
const connectionTimeoutMs = 3_000;
const requestTimeoutMs = 6_000;

/**
 * A client of kafkajs, which is loaded here and not before, as is the signer of IAM tokens: a function that never
 * sends does not pay for them.
 */
export async function createKafkajsClient(options: KafkajsClientOptions): Promise<KafkaClient> {
  const { Kafka, Partitioners, logLevel } = await import("kafkajs");
  await stopIdleTimers();
  const sockets = trackedSockets();
  const partitions = new WeakMap<Message, number>();
  const kafka = new Kafka({
    clientId: "msk-event-backbone",
    brokers: [...options.brokers],
    ssl: true,
    sasl: saslOf(options.auth),
    connectionTimeout: connectionTimeoutMs,
    requestTimeout: requestTimeoutMs,
    // Bounded, because kafkajs goes on retrying for a client that has been closed.
    retry: { initialRetryTime: 100, maxRetryTime: 1_000, retries: 4 },
    socketFactory: sockets.factory,
    logLevel: logLevel.ERROR,
    logCreator: logCreatorOf(options.logger, sockets.isClosed),
  });
  const producer = kafka.producer({
    idempotent: true,
    maxInFlightRequests: 1,
    allowAutoTopicCreation: false,
    retry: { retries: 8 },
    createPartitioner: stablePartitioner(Partitioners.DefaultPartitioner, partitions),
  });
  return {
    connect: () => producer.connect(),
    async sendBatch(records) {
      const messages = records.map(({ topic, record }) => ({ topic, message: messageOf(record) }));
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
    close: async () => sockets.close(),
  };
}

function saslOf(auth: KafkaAuth): SASLOptions {
  if (auth.mechanism === "scram-sha-512") {
    return { mechanism: auth.mechanism, username: auth.username, password: auth.password };
  }
  return {
    mechanism: "oauthbearer",
    oauthBearerProvider: async () => {
      const { generateAuthToken } = await import("aws-msk-iam-sasl-signer-js");
      return { value: (await generateAuthToken({ region: auth.region })).token };
    },
  };
}

/**
 * Sockets that can be cut. kafkajs's own disconnect waits for the answers that are outstanding, and its retries open
 * new connections afterwards; here a closed client is closed.
 */
function trackedSockets() {
  const sockets = new Set<Socket>();
  let closed = false;
  const factory: ISocketFactory = ({ host, port, ssl, onConnect }) => {
    if (closed) throw new Error("the client is closed");
    const socket = connect({ host, port, ...(isIP(host) === 0 ? { servername: host } : {}), ...ssl }, onConnect);
    socket.setKeepAlive(true, 60_000);
    socket.setNoDelay(true);
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
    return socket;
  };
  return {
    factory,
    isClosed: () => closed,
    close: () => {
      closed = true;
      // The error makes kafkajs drop the connection's timers and fail what is in flight.
      for (const socket of sockets) socket.destroy(new Error("the client is closed"));
    },
  };
}

/**
 * Keeps a message in the partition that it was given first. kafkajs asks again for each attempt, and a message without
 * a key would change its partition: the sequence of the first one, rolled back, would then swallow a later record.
 */
function stablePartitioner(create: ICustomPartitioner, partitions: WeakMap<Message, number>): ICustomPartitioner {
  return () => {
    const choose = create();
    return (choice) => {
      const partition = partitions.get(choice.message) ?? choose(choice);
      partitions.set(choice.message, partition);
      return partition;
    };
  };
}

function messageOf({ key, value, headers }: OutgoingRecord): Message {
  const grouped: Record<string, Buffer[]> = Object.create(null);
  for (const [name, bytes] of headers) grouped[name] = [...(grouped[name] ?? []), bytes];
  return { key, value, headers: grouped satisfies IHeaders };
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
