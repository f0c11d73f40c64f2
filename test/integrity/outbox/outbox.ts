import { readFileSync } from "node:fs";
import { PutCommand, ScanCommand } from "@aws-sdk/lib-dynamodb";
import { createTable, outboxKey } from "../../../local/dynamodb-table.ts";
import { createProducer, type Producer } from "../../../shared/kafka/index.ts";
import { createOutboxRelay, type OutboxRelay, outboxWrite } from "../../../shared/outbox/index.ts";
import { messagesOf } from "../../integration/running-backbone.ts";
import { createTestParts, createTopic, type TestParts } from "../run/parts.ts";

/** An outbox and the topic that it is sent to, which are nobody else's. */
export interface TestOutbox {
  readonly parts: TestParts;
  readonly table: string;
  readonly topic: string;
  /** A relay with a producer of its own. */
  relay(): OutboxRelay;
  /** Puts what is published for the record of a key at an offset: two events, named after both. Gives the item's key. */
  put(key: string, offset: number): Promise<string>;
  itemsLeft(): Promise<number>;
  /** The log's values by key, and each value's ids. */
  logged(): Promise<Logged>;
  close(): Promise<void>;
}

export interface Logged {
  readonly count: number;
  readonly byKey: ReadonlyMap<string, readonly string[]>;
  readonly ids: ReadonlyMap<string, ReadonlySet<string>>;
}

export const keys = Array.from({ length: 12 }, (_, index) => `key-${index}`);
export const offsets = Array.from({ length: 6 }, (_, index) => index + 7); // 7 to 12: as text they would not sort
const events = ["a", "b"];

/** The values of a key in their order. */
export const expectedOf = (key: string) => offsets.flatMap((offset) => events.map((one) => `${key} ${offset} ${one}`));

/** Until when a relay of these tests may send. */
export const soon = () => new Date(Date.now() + 60_000);

export async function createTestOutbox(): Promise<TestOutbox> {
  const parts = await createTestParts();
  const { client, kafka } = parts;
  const topic = await createTopic(kafka, "outbox");
  const table = `outbox-${crypto.randomUUID()}`;
  await createTable(client, table, outboxKey);
  const producers: Producer[] = [];

  return {
    parts,
    table,
    topic,
    relay() {
      const logger = { info: () => {}, warn: () => {}, error: () => {} };
      const ssl = { ca: readFileSync(parts.certificateFile, "utf8") };
      const sasl = { mechanism: "scram-sha-512", ...parts.credentials } as const;
      const auth = { mechanism: "client-settings", settings: { ssl, sasl } } as const;
      const producer = createProducer({ brokers: [`127.0.0.1:${parts.brokerPort}`], auth, logger });
      producers.push(producer);
      return createOutboxRelay({ client, table, producer, logger });
    },
    async put(key, offset) {
      const keyBytes = Buffer.from(key);
      const place = { topic: "orders", partition: 0, offset, timestampMs: 0 };
      const records = events.map((event) => ({
        topic,
        record: {
          key: keyBytes,
          value: Buffer.from(`${key} ${offset} ${event}`),
          headers: [["ce_id", Buffer.from(`id ${key} ${offset} ${event}`)]] as const,
        },
      }));
      const source = { ...place, key: keyBytes, value: null, headers: [] };
      const write = outboxWrite({ table, consumerGroup: "group", source, writtenAt: new Date(), records });
      const Item = { ...("item" in write ? write.item : {}), ...write.key };
      await client.send(new PutCommand({ TableName: table, Item, ConditionExpression: write.condition }));
      return String(write.key.groupKey);
    },
    async itemsLeft() {
      const { Items } = await client.send(new ScanCommand({ TableName: table, ConsistentRead: true }));
      return Items?.length ?? 0;
    },
    async logged() {
      const messages = await messagesOf({ kafka }, topic);
      const byKey = new Map<string, string[]>();
      const ids = new Map<string, Set<string>>();
      for (const { key, value, headers } of messages) {
        const text = String(value);
        byKey.set(String(key), [...(byKey.get(String(key)) ?? []), text]);
        ids.set(text, (ids.get(text) ?? new Set()).add(String(headers?.ce_id)));
      }
      return { count: messages.length, byKey, ids };
    },
    async close() {
      await Promise.all(producers.map((producer) => producer.close()));
      client.destroy();
    },
  };
}
