import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { CreateTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient, PutCommand, ScanCommand } from "@aws-sdk/lib-dynamodb";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { type LoneDynamoDb, startLoneDynamoDb } from "../../local/lone-dynamodb.ts";
import { dynamoDbSettings } from "../../local/provision.ts";
import { createProducer, type Producer } from "../../shared/kafka/index.ts";
import { createOutboxRelay, type OutboxRelay, outboxWrite } from "../../shared/outbox/index.ts";
import { messagesOf } from "./running-backbone.ts";
import { startTestBroker, type TestBroker } from "./running-broker.ts";

let broker: TestBroker;
let database: LoneDynamoDb;
let client: DynamoDBDocumentClient;
let table: string;
let topic: string;
const producers: Producer[] = [];
const logger = { info: () => {}, warn: () => {}, error: () => {} };

beforeAll(async () => {
  [broker, database] = await Promise.all([startTestBroker(), startLoneDynamoDb()]);
  client = DynamoDBDocumentClient.from(new DynamoDBClient(dynamoDbSettings(database.port)));
});
afterAll(async () => {
  await Promise.all(producers.map((producer) => producer.close()));
  await Promise.all([broker?.stop(), database?.stop()]);
});

beforeEach(async () => {
  table = `outbox-${crypto.randomUUID()}`;
  topic = await broker.createTopic({ partitions: 3 });
  await client.send(
    new CreateTableCommand({
      TableName: table,
      KeySchema: [
        { AttributeName: "groupKey", KeyType: "HASH" },
        { AttributeName: "sourcePosition", KeyType: "RANGE" },
      ],
      AttributeDefinitions: [
        { AttributeName: "groupKey", AttributeType: "S" },
        { AttributeName: "sourcePosition", AttributeType: "S" },
      ],
      BillingMode: "PAY_PER_REQUEST",
    }),
  );
});

function relay(): OutboxRelay {
  const auth = { mechanism: "scram-sha-512", ...broker.credentials } as const;
  const producer = createProducer({ brokers: [broker.address], auth, logger });
  producers.push(producer);
  return createOutboxRelay({ client, table, producer, logger });
}

const soon = () => new Date(Date.now() + 60_000);

/** Puts what is published for the record of a key at an offset: two events, named after key and offset. */
async function put(key: string, offset: number): Promise<string> {
  const source = {
    topic: "orders",
    partition: 0,
    offset,
    timestampMs: 0,
    key: Buffer.from(key),
    value: null,
    headers: [],
  };
  const records = ["a", "b"].map((event) => ({
    topic,
    record: {
      key: Buffer.from(key),
      value: Buffer.from(`${key} ${offset} ${event}`),
      headers: [["ce_id", Buffer.from(`id ${key} ${offset} ${event}`)]] as const,
    },
  }));
  const write = outboxWrite({ table, consumerGroup: "group", source, writtenAt: new Date(), records });
  const Item = { ...("item" in write ? write.item : {}), ...write.key };
  await client.send(new PutCommand({ TableName: table, Item, ConditionExpression: write.condition }));
  return String(write.key.groupKey);
}

const keys = Array.from({ length: 12 }, (_, index) => `key-${index}`);
const offsets = Array.from({ length: 6 }, (_, index) => index + 7); // 7 to 12: as text they would not sort
const expected = (key: string) => offsets.flatMap((offset) => ["a", "b"].map((event) => `${key} ${offset} ${event}`));

/** The log's values by key, and each value's ids. */
async function logged() {
  const messages = await messagesOf(broker, topic);
  const byKey = new Map<string, string[]>();
  const ids = new Map<string, Set<string>>();
  for (const { key, value, headers } of messages) {
    const text = String(value);
    byKey.set(String(key), [...(byKey.get(String(key)) ?? []), text]);
    ids.set(text, (ids.get(text) ?? new Set()).add(String(headers?.ce_id)));
  }
  return { count: messages.length, byKey, ids };
}

async function itemsLeft(): Promise<number> {
  const { Items } = await client.send(new ScanCommand({ TableName: table, ConsistentRead: true }));
  return Items?.length ?? 0;
}

test("a relay that is killed between acknowledgement and deletion leaves repetitions of the same ids, in order", async () => {
  for (const offset of offsets) await Promise.all(keys.map((key) => put(key, offset)));
  const script = fileURLToPath(new URL("relaying-process.ts", import.meta.url));
  const child = spawn(process.execPath, [script, broker.address, String(database.port), table], {
    env: {
      PATH: process.env.PATH,
      NODE_EXTRA_CA_CERTS: broker.certificateFile,
      SCRAM_USERNAME: broker.credentials.username,
      SCRAM_PASSWORD: broker.credentials.password,
    },
    stdio: ["ignore", "pipe", "inherit"],
  });
  await once(child.stdout, "data");
  child.kill("SIGKILL");
  await once(child, "close");
  expect(await itemsLeft()).toBe(keys.length * offsets.length);

  await relay().sweep({ olderThanMs: 0, deadline: soon() });

  const { count, byKey, ids } = await logged();
  expect(await itemsLeft()).toBe(0);
  expect(count).toBeGreaterThan(keys.length * offsets.length * 2);
  for (const key of keys) expect([...new Set(byKey.get(key))]).toEqual(expected(key));
  expect([...ids.values()].every((of) => of.size === 1)).toBe(true);
});

test("three relays at once, while items are put, lose nothing, and each event's first place is in its key's order", async () => {
  const relays = [relay(), relay(), relay()];
  let done = false;
  const sweeps = relays.map(async (one) => {
    while (!done) await one.sweep({ olderThanMs: 0, deadline: soon() });
  });
  const [first] = relays;
  await Promise.all(
    keys.map(async (key) => {
      for (const offset of offsets) await first?.relayKeys([await put(key, offset)], soon());
    }),
  );
  done = true;
  await Promise.all(sweeps);
  await relay().sweep({ olderThanMs: 0, deadline: soon() });

  const { byKey, ids } = await logged();
  expect(await itemsLeft()).toBe(0);
  for (const key of keys) expect([...new Set(byKey.get(key))]).toEqual(expected(key));
  expect([...ids.values()].every((of) => of.size === 1)).toBe(true);
});
