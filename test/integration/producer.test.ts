import { spawn } from "node:child_process";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { GetSecretValueCommandOutput } from "@aws-sdk/client-secrets-manager";
import kafkajs from "kafkajs";
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { createProducer, type Producer } from "../../shared/kafka/index.ts";
import { createKafkajsClient } from "../../shared/kafkajs/index.ts";
import { startTcpProxy, type TcpProxy } from "../integrity/tcp-proxy.ts";
import { eventually, messagesOf } from "./running-backbone.ts";
import { startTestBroker, type TestBroker } from "./running-broker.ts";

// Node finds only some of the names that this CommonJS package exports.
const { AclOperationTypes, AclPermissionTypes, AclResourceTypes, ResourcePatternTypes } = kafkajs;

/** Secrets Manager, as far as one secret goes. */
const secrets = vi.hoisted(() => ({ username: "", password: "", reads: 0 }));

vi.mock("@aws-sdk/client-secrets-manager", () => ({
  GetSecretValueCommand: class {},
  SecretsManagerClient: class {
    async send(): Promise<Pick<GetSecretValueCommandOutput, "SecretString">> {
      secrets.reads += 1;
      return { SecretString: JSON.stringify({ username: secrets.username, password: secrets.password }) };
    }
  },
}));

// Longer than the 10 s before its end in which kafkajs authenticates again, and that is a test's time.
const sessionMs = 11_500;
const secretArn = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:AmazonMSK_test";

let broker: TestBroker;
let proxy: TcpProxy;
let warnings: string[];

beforeAll(async () => {
  broker = await startTestBroker({ "connections.max.reauth.ms": String(sessionMs) }, ["rotated"]);
  proxy = await startTcpProxy(broker.port);
});
afterAll(async () => {
  await proxy.close();
  await broker.stop();
});
beforeEach(() => {
  Object.assign(secrets, { ...broker.credentials, reads: 0 });
  warnings = [];
});

/** A producer whose connections go through the proxy. */
async function withProducer(use: (producer: Producer) => Promise<void>, timeoutMs = 15_000): Promise<void> {
  const options = {
    brokers: [broker.address],
    auth: { mechanism: "scram-sha-512", secretArn },
    logger: { info: () => {}, error: () => {}, warn: (message: string) => void warnings.push(message) },
  } as const;
  const route = () => ({ host: "127.0.0.1", port: proxy.port });
  const createClient = () => createKafkajsClient({ ...options, route });
  const producer = createProducer({ ...options, timeoutMs, createClient });
  try {
    await use(producer);
  } finally {
    await producer.close();
  }
}

function record(value: string | Buffer) {
  return { key: Buffer.from("k"), value: Buffer.from(value), headers: [] };
}

async function allowAll(principal: string, topic: string): Promise<void> {
  const admin = broker.kafka.admin();
  await admin.connect();
  const use = { principal: `User:${principal}`, host: "*", permissionType: AclPermissionTypes.ALLOW } as const;
  const literal = { resourcePatternType: ResourcePatternTypes.LITERAL, operation: AclOperationTypes.ALL } as const;
  const acl = { ...use, ...literal, resourceType: AclResourceTypes.TOPIC, resourceName: topic } as const;
  await admin.createAcls({ acl: [acl] });
  // The controller has it; the broker takes it a moment later.
  await eventually("the broker knows the ACL", async () => {
    const { resources } = await admin.describeAcls(acl);
    return resources.length > 0 || undefined;
  });
  await admin.disconnect();
}

async function valuesOf(topic: string): Promise<(string | undefined)[]> {
  return (await messagesOf(broker, topic)).map(({ value }) => value?.toString());
}

test("sends on a new connection after the idle one was cut", async () => {
  const topic = await broker.createTopic();
  await withProducer(async (producer) => {
    await producer.send(topic, record("before"));
    proxy.cut();
    await producer.send(topic, record("after"));
  });
  expect(await valuesOf(topic)).toEqual(["before", "after"]);
});

test("sends on a new connection, within the time budget, after the idle one was forgotten without a word", async () => {
  const topic = await broker.createTopic();
  await withProducer(async (producer) => {
    await producer.send(topic, record("before"));
    proxy.forget();
    await producer.send(topic, record("after"));
  });
  expect(await valuesOf(topic)).toEqual(["before", "after"]);
});

test("authenticates again with what the secret holds then, on the connection that it has", async () => {
  const topic = await broker.createTopic();
  await withProducer(async (producer) => {
    await producer.send(topic, record("before"));
    const [reads, connections] = [secrets.reads, proxy.connections()];
    await pause(sessionMs + 500); // the broker cuts a session that is used after its end
    await producer.send(topic, record("after"));
    expect(secrets.reads).toBeGreaterThan(reads);
    expect(proxy.connections()).toBe(connections);
  });
  expect(warnings).toEqual([]);
  expect(await valuesOf(topic)).toEqual(["before", "after"]);
});

test("takes up a rotated password after a failed login, and the error does not tell the old one", async () => {
  const topic = await broker.createTopic();
  await withProducer(async (producer) => {
    secrets.password = "not any more";
    const failed = producer.send(topic, record("before"));
    await expect(failed).rejects.toMatchObject({ code: "KAFKA_UNAVAILABLE", retriable: true });
    await expect(failed).rejects.toThrow(/SASL SCRAM SHA512 authentication failed: (?!.*not any more)/);
    secrets.password = broker.credentials.password;
    await producer.send(topic, record("after"));
  });
  expect(await valuesOf(topic)).toEqual(["after"]);
});

test("a rotation costs no record: it goes on with its connection, and opens the next with the new password", async () => {
  const topic = await broker.createTopic();
  await allowAll("rotated", topic);
  Object.assign(secrets, broker.credentialsOf("rotated"));
  await withProducer(async (producer) => {
    await producer.send(topic, record("before"));
    secrets.password = "N3w".padEnd(32, "x");
    await broker.setPassword("rotated", secrets.password);
    const connections = proxy.connections();
    await producer.send(topic, record("on the same connection"));
    expect(proxy.connections()).toBe(connections);
    proxy.cut();
    await producer.send(topic, record("on a new one"));
    expect(proxy.connections()).toBeGreaterThan(connections);
  });
  expect(await valuesOf(topic)).toEqual(["before", "on the same connection", "on a new one"]);
});

test("a record that is too large for its topic fails alone, its neighbours are acknowledged", async () => {
  const topic = await broker.createTopic({ maxMessageBytes: 10_000 });
  const small = Array.from({ length: 40 }, (_, index) => `${index}`.padEnd(1_000, "."));
  await withProducer(async (producer) => {
    const sends = [...small.slice(0, 20), "x".repeat(20_000), ...small.slice(20)].map((value) =>
      producer.send(topic, record(value)),
    );
    const outcomes = await Promise.allSettled(sends);
    expect(outcomes.filter(({ status }) => status === "rejected")).toHaveLength(1);
    expect(outcomes[20]).toMatchObject({ status: "rejected", reason: { code: "RECORD_TOO_LARGE", retriable: false } });
  });
  expect(await valuesOf(topic)).toEqual(small);
});

test("a record without a key fails alone at a compacted topic, its neighbours and other topics are acknowledged", async () => {
  const compacted = await broker.createTopic({ partitions: 3, cleanupPolicy: "compact" });
  const other = await broker.createTopic();
  const values = Array.from({ length: 20 }, (_, index) => `${index}`);
  await withProducer(async (producer) => {
    // Both topics are known to take something, so that what follows goes out together.
    await Promise.all([compacted, other].map((topic) => producer.send(topic, record("first"))));
    const keyed = (value: string) => ({ ...record(value), key: Buffer.from(value) });
    const sends = values.flatMap((value) => [
      producer.send(compacted, keyed(value)),
      producer.send(other, keyed(value)),
    ]);
    const keyless = producer.send(compacted, { key: null, value: Buffer.from("?"), headers: [] });
    const message = expect.stringMatching(/^the topic \S+ does not take the record: .+; it has no key/);
    await expect(keyless).rejects.toMatchObject({ code: "RECORD_REFUSED", retriable: false, message });
    await Promise.all(sends);
  });
  for (const topic of [compacted, other]) {
    expect(new Set(await valuesOf(topic))).toEqual(new Set(["first", ...values]));
  }
  // Once with the refused request, and once without the topic that it was refused for.
  expect((await valuesOf(other)).length).toBeLessThanOrEqual(1 + 2 * values.length);
});

test("topics that are missing fail alone, each attempt, and the others are acknowledged", async () => {
  const topic = await broker.createTopic();
  const missing = [`missing-${crypto.randomUUID()}`, `missing-${crypto.randomUUID()}`];
  await withProducer(async (producer) => {
    for (const attempt of ["1", "2"]) {
      const [first, good, second] = await Promise.allSettled(
        [missing[0], topic, missing[1]].map((name = "") => producer.send(name, record(attempt))),
      );
      expect(good).toMatchObject({ status: "fulfilled" });
      expect(first).toMatchObject({
        reason: { code: "KAFKA_UNAVAILABLE", message: expect.stringContaining(`${missing[0]}: This`) },
      });
      expect(second).toMatchObject({
        reason: { code: "KAFKA_UNAVAILABLE", message: expect.stringContaining(`${missing[1]}: This`) },
      });
    }
  }, 30_000);
  expect(await valuesOf(topic)).toEqual(["1", "2"]);
});

test("a topic that is missing is the surroundings' fault: KAFKA_UNAVAILABLE", async () => {
  await withProducer(async (producer) => {
    const sending = producer.send(`missing-${crypto.randomUUID()}`, record("a"));
    await expect(sending).rejects.toMatchObject({ code: "KAFKA_UNAVAILABLE", retriable: true });
  }, 2_000);
});

test("a process that sends emits no warning of Node, writes to stderr nothing, and ends by itself", async () => {
  const topic = await broker.createTopic();
  const script = fileURLToPath(new URL("sending-process.ts", import.meta.url));
  const child = spawn(process.execPath, [script, broker.address, topic], {
    env: {
      PATH: process.env.PATH,
      NODE_EXTRA_CA_CERTS: broker.certificateFile,
      SCRAM_USERNAME: broker.credentials.username,
      SCRAM_PASSWORD: broker.credentials.password,
    },
    stdio: ["ignore", "inherit", "pipe"],
  });
  let said = "";
  child.stderr.on("data", (bytes) => {
    said += bytes;
  });
  const code = await new Promise((resolve) => child.on("close", resolve));
  expect({ code, said }).toEqual({ code: 0, said: "" });
  expect(await valuesOf(topic)).toEqual(["0", "1", "2"]);
});
