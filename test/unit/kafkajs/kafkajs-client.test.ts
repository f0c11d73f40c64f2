import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import type { ISocketFactory, KafkaConfig, Message, ProducerBatch, ProducerConfig, RecordMetadata } from "kafkajs";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { createKafkajsClient } from "../../../shared/kafkajs/index.ts";

/** kafkajs's Kafka as far as the client uses it; the test decides what is acknowledged. */
const kafkajs = vi.hoisted(() => ({
  config: undefined as KafkaConfig | undefined,
  producerConfig: undefined as ProducerConfig | undefined,
  batches: [] as ProducerBatch[],
  acknowledge: (_: ProducerBatch): RecordMetadata[] => [],
  tokens: 0,
  timeOut: (_: { payload: { broker: string } }) => {},
}));

vi.mock("kafkajs", () => ({
  default: {
    logLevel: { ERROR: 1 },
    Partitioners: { DefaultPartitioner: () => roundRobin() },
    Kafka: class {
      constructor(config: KafkaConfig) {
        kafkajs.config = config;
      }

      producer(config: ProducerConfig) {
        kafkajs.producerConfig = config;
        const connect = async () => {};
        const sendBatch = async (batch: ProducerBatch) => {
          kafkajs.batches.push(batch);
          return kafkajs.acknowledge(batch);
        };
        const on = (_: string, listener: typeof kafkajs.timeOut) => {
          kafkajs.timeOut = listener;
        };
        return { connect, sendBatch, on, events: { REQUEST_TIMEOUT: "producer.network.request_timeout" } };
      }
    },
  },
}));

vi.mock("aws-msk-iam-sasl-signer-js", () => ({
  generateAuthToken: async ({ region }: { region: string }) => {
    kafkajs.tokens += 1;
    return { token: `${region}-${kafkajs.tokens}`, expiryTime: 0 };
  },
}));

/** As kafkajs does it for messages without a key: another partition at every call. */
function roundRobin(): () => number {
  let next = 0;
  return () => next++;
}

/** Chooses a partition for every message, as kafkajs does in each of its attempts. */
function choosePartitions(batch: ProducerBatch): RecordMetadata[] {
  const partitionOf = kafkajs.producerConfig?.createPartitioner?.() ?? (() => -1);
  return (batch.topicMessages ?? []).flatMap(({ topic, messages }) =>
    messages.map((message: Message) => ({
      topicName: topic,
      partition: partitionOf({ topic, partitionMetadata: [], message }),
      errorCode: 0,
    })),
  );
}

const logged: string[] = [];
const logger = { info: () => {}, error: () => {}, warn: (message: string) => logged.push(message) };
const scram = { mechanism: "scram-sha-512", username: "orders", password: "hunter2" } as const;
const options = { brokers: ["b-1:9096"], auth: scram, logger };
const record = { key: null, value: Buffer.from("v"), headers: [] };

function socketFactory(): ISocketFactory {
  const factory = kafkajs.config?.socketFactory;
  if (factory === undefined) throw new Error("no socket factory was given");
  return factory;
}

beforeEach(() => {
  kafkajs.batches.length = 0;
  kafkajs.acknowledge = choosePartitions;
  logged.length = 0;
});

describe("the kafkajs client", () => {
  test("asks for all acknowledgements, idempotence, one request in flight, TLS, and creates no topics", async () => {
    const client = await createKafkajsClient(options);
    await client.sendBatch([{ topic: "t", record }]);
    expect(kafkajs.config).toMatchObject({ ssl: true, sasl: scram, brokers: ["b-1:9096"] });
    expect(kafkajs.producerConfig).toMatchObject({
      idempotent: true,
      maxInFlightRequests: 1,
      allowAutoTopicCreation: false,
    });
    expect(kafkajs.batches).toMatchObject([{ acks: -1 }]);
  });

  test("signs a fresh IAM token for every authentication", async () => {
    await createKafkajsClient({ ...options, auth: { mechanism: "iam", region: "eu-west-1" } });
    const sasl = kafkajs.config?.sasl;
    if (sasl?.mechanism !== "oauthbearer" || !("oauthBearerProvider" in sasl)) throw new Error("no token provider");
    expect([await sasl.oauthBearerProvider(), await sasl.oauthBearerProvider()]).toEqual([
      { value: "eu-west-1-1" },
      { value: "eu-west-1-2" },
    ]);
  });

  test("groups records by topic and keeps the bytes, repeated headers too", async () => {
    const client = await createKafkajsClient(options);
    const bytes = (text: string) => Buffer.from(text);
    const headers = [
      ["a", bytes("1")],
      ["__proto__", bytes("2")],
      ["a", bytes("3")],
    ] as const;
    await client.sendBatch([
      { topic: "t", record: { key: bytes("k"), value: null, headers } },
      { topic: "u", record },
      { topic: "t", record },
    ]);
    const [{ topicMessages = [] } = {}] = kafkajs.batches;
    expect(topicMessages.map(({ topic, messages }) => [topic, messages.length])).toEqual([
      ["t", 2],
      ["u", 1],
    ]);
    const message = topicMessages[0]?.messages[0];
    expect(message).toMatchObject({ key: bytes("k"), value: null });
    expect(Object.entries(message?.headers ?? {})).toEqual([
      ["a", [bytes("1"), bytes("3")]],
      ["__proto__", [bytes("2")]],
    ]);
  });

  test("keeps a message in its partition over all attempts of a send", async () => {
    const client = await createKafkajsClient(options);
    kafkajs.acknowledge = (batch) => {
      const [first, second] = [choosePartitions(batch), choosePartitions(batch)];
      expect(second).toEqual(first);
      return second;
    };
    await client.sendBatch([
      { topic: "t", record },
      { topic: "t", record },
    ]);
    expect.assertions(1);
  });

  test("is spent once kafkajs has sent a batch more than once", async () => {
    const client = await createKafkajsClient(options);
    await client.sendBatch([{ topic: "t", record }]);
    await client.sendBatch([{ topic: "t", record }]);
    expect(client.isSpent).toBe(false);
    kafkajs.acknowledge = (batch) => {
      choosePartitions(batch);
      return choosePartitions(batch);
    };
    await client.sendBatch([{ topic: "t", record }]);
    expect(client.isSpent).toBe(true);
  });

  test("fails when the answer lacks a partition, though kafkajs reports success", async () => {
    const client = await createKafkajsClient(options);
    kafkajs.acknowledge = (batch) => choosePartitions(batch).slice(0, 1);
    const sending = client.sendBatch([
      { topic: "t", record },
      { topic: "t", record },
    ]);
    await expect(sending).rejects.toThrow("partition 1 of t is not in the acknowledgement");
  });

  test("hands the broker's refusal on as it is, with its type", async () => {
    const client = await createKafkajsClient(options);
    const refusal = Object.assign(new Error("refused"), { type: "MESSAGE_TOO_LARGE" });
    kafkajs.acknowledge = () => {
      throw refusal;
    };
    await expect(client.sendBatch([{ topic: "t", record }])).rejects.toBe(refusal);
  });

  test("cuts the connections to a broker that lets a request time out, and no others", async () => {
    await createKafkajsClient(options);
    const silent = createServer().listen(0, "127.0.0.1");
    await once(silent, "listening");
    const { port } = silent.address() as AddressInfo;
    const open = (host: string) => socketFactory()({ host, port, ssl: {}, onConnect: () => {} });
    const [timedOut, other] = [open("127.0.0.1"), open("localhost")];
    other.on("error", () => {});
    const error = once(timedOut, "error");
    kafkajs.timeOut({ payload: { broker: `127.0.0.1:${port}` } });
    expect(await error).toMatchObject([{ message: "a request timed out" }]);
    expect(other.destroyed).toBe(false);
    other.destroy();
    silent.close();
  });

  test("connects where the route leads", async () => {
    const tunnel = createServer().listen(0, "127.0.0.1");
    await once(tunnel, "listening");
    const { port } = tunnel.address() as AddressInfo;
    const connected = once(tunnel, "connection");
    await createKafkajsClient({ ...options, route: () => ({ host: "127.0.0.1", port }) });
    const socket = socketFactory()({ host: "b-1.example.com", port: 9096, ssl: {}, onConnect: () => {} });
    socket.on("error", () => {});
    await connected;
    socket.destroy();
    tunnel.close();
  });

  test("a closed client opens no more connections and logs no more errors", async () => {
    const client = await createKafkajsClient(options);
    const log = kafkajs.config?.logCreator?.(1);
    const entry = { namespace: "Connection", level: 1, label: "ERROR", log: { timestamp: "", message: "cut" } };
    log?.(entry);
    await client.close();
    log?.(entry);
    expect(logged).toEqual(["kafkajs reported an error"]);
    expect(() => socketFactory()({ host: "127.0.0.1", port: 9, ssl: {}, onConnect: () => {} })).toThrow(
      "the client is closed",
    );
  });
});
