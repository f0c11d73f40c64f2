import { setTimeout as pause } from "node:timers/promises";
import { connect } from "node:tls";
import { Kafka, logLevel } from "kafkajs";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { createProducer, type Producer, publish } from "../../shared/kafka/index.ts";
import { createKafkajsClient } from "../../shared/kafkajs/index.ts";
import { eventually, messagesOf } from "../integration/running-backbone.ts";
import { startTestBroker, type TestBroker } from "../integration/running-broker.ts";
import { randomNumbers } from "./random-numbers.ts";
import { report } from "./run/figures.ts";
import { seeds } from "./run/seeds.ts";
import { startTcpProxy, type TcpProxy } from "./tcp-proxy.ts";

let broker: TestBroker;
let proxy: TcpProxy;
let topic: string;

beforeAll(async () => {
  broker = await startTestBroker();
});
afterAll(() => broker.stop());
beforeEach(async () => {
  [proxy, topic] = await Promise.all([startTcpProxy(broker.port), broker.createTopic({ partitions: 3 })]);
});
afterEach(() => proxy.close());

/** The broker's metadata names its own address, so every connection is led to the proxy, whatever it is for. */
const route = () => ({ host: "127.0.0.1", port: proxy.port });

// Not of this project's code, but the reason for it: when this fails, kafkajs has learned to do it by itself.
test("kafkajs alone acknowledges records that are not in the log", async () => {
  const producer = new Kafka({
    brokers: [broker.address],
    ssl: true,
    sasl: { mechanism: "scram-sha-512", ...broker.credentials },
    socketFactory: ({ onConnect }) => connect(route(), onConnect),
    logLevel: logLevel.NOTHING,
  }).producer({ idempotent: true, maxInFlightRequests: 1 });
  await producer.connect();
  const send = (value: string) => producer.send({ topic, messages: [{ value, partition: 0 }] });
  await send("first");
  const before = proxy.swallowedBytes();
  proxy.swallowResponses();
  const sends = Promise.all(["a", "b", "c"].map(send));
  await eventually("a response is lost", async () => (proxy.swallowedBytes() > before ? true : undefined));
  proxy.cut();
  await sends;
  await producer.disconnect();

  const inLog = (await messagesOf(broker, topic)).map(({ value }) => value?.toString());
  expect(["a", "b", "c"].filter((acknowledged) => !inLog.includes(acknowledged))).not.toEqual([]);
});

test.each(
  seeds.flatMap((seed) => [
    { seed, what: "with a key", keyed: true },
    { seed, what: "without a key", keyed: false },
  ]),
)(
  "what publish acknowledged $what is in the log, though responses are lost and connections cut, seed $seed",
  async ({ seed, keyed }) => {
    const random = randomNumbers(seed);
    const producer = producerThroughProxy();
    const outcome: Outcome = { acknowledged: [], failures: 0 };
    const startedAt = Date.now();
    // Long enough to show something, on a busy machine too.
    const isDone = () => {
      const elapsedMs = Date.now() - startedAt;
      const hasShown = outcome.acknowledged.length > 200 && outcome.failures > 5;
      return (hasShown && elapsedMs > leastMs) || elapsedMs > mostMs;
    };
    const callers = Array.from({ length: 12 }, (_, caller) => publishUntil(isDone, producer, caller, keyed, outcome));
    let losses = 0;
    while (!isDone()) {
      const before = outcome.acknowledged.length;
      // Every other time at any moment of a connection's life; else it has come to something, which takes a busy machine
      // longer.
      if (losses % 2 === 0)
        await eventually(
          "something is acknowledged again",
          async () => isDone() || outcome.acknowledged.length > before || undefined,
        );
      await pause(random() * 250);
      proxy.swallowResponses();
      await pause(random() < 0.4 ? timeoutMs + random() * 300 : random() * 100);
      proxy.cut();
      losses += 1;
    }
    await Promise.all(callers);
    await producer.close();

    const { acknowledged, failures } = outcome;
    const ids = (await messagesOf(broker, topic)).map(({ headers }) => String(headers?.ce_id));
    const inLog = new Set(ids);
    const lost = acknowledged.filter((id) => !inLog.has(id));
    const figures = { seed, losses, failures, sentTwice: ids.length - inLog.size };
    report("acknowledged records are in the log", { ...figures, records: acknowledged.length, lost: lost.length });

    expect(lost).toEqual([]);
    // Otherwise the run has shown nothing.
    expect(acknowledged.length).toBeGreaterThan(100);
    expect(failures).toBeGreaterThan(0);
  },
);

// Shorter than the longer losses of responses, so that sends fail as well as being repeated by the client itself.
const timeoutMs = 500;
const leastMs = 5_000;
const mostMs = 60_000;

/** Of all callers together. */
interface Outcome {
  readonly acknowledged: string[];
  failures: number;
}

function producerThroughProxy(): Producer {
  const options = {
    brokers: [broker.address],
    auth: { mechanism: "scram-sha-512", ...broker.credentials },
    logger: { info: () => {}, warn: () => {}, error: () => {} },
  } as const;
  return createProducer({ ...options, timeoutMs, createClient: () => createKafkajsClient({ ...options, route }) });
}

/**
 * Publishes one event after the other. Every other caller repeats an event until it is acknowledged; the others give it
 * up and go on, because a record that is dropped in favour of its own repetition would go unnoticed.
 */
async function publishUntil(
  isDone: () => boolean,
  producer: Producer,
  caller: number,
  keyed: boolean,
  outcome: Outcome,
): Promise<void> {
  const serializer = { serialize: async () => Buffer.from("data") };
  const options = { producer, serializer, topic, ...(keyed ? { key: `${caller}` } : {}) };
  for (let count = 0; !isDone(); count += 1) {
    const id = `${caller}-${count}`;
    try {
      await publish({ id, source: "/test", type: "test", data: {} }, options);
      outcome.acknowledged.push(id);
    } catch (error) {
      expect(error).toMatchObject({ code: "KAFKA_UNAVAILABLE", retriable: true });
      outcome.failures += 1;
      if (caller % 2 === 0) count -= 1;
    }
  }
}
