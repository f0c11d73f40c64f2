import { readFileSync } from "node:fs";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { BatchWriteCommand, DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import type { Backbone } from "../../local/backbone.ts";
import { createTable, outboxKey } from "../../local/dynamodb-table.ts";
import { dynamoDbSettings } from "../../local/provision.ts";
import { createProducer } from "../../shared/kafka/index.ts";
import { createOutboxRelay, outboxWrite } from "../../shared/outbox/index.ts";

const records = 5_000;
const topic = "bench-relay";
const table = "bench-relay";
/** https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html */
const itemsPerCall = 25;
const logger = { info: () => {}, warn: () => {}, error: () => {} };

/** Fills an outbox, each record of a key of its own, and gives how many a second one relay sends and deletes. */
export async function relayRate({ kafka, login, ports }: Backbone): Promise<number> {
  const client = DynamoDBDocumentClient.from(new DynamoDBClient(dynamoDbSettings(ports.dynamodb)));
  const ssl = { ca: readFileSync(login.certificateFile, "utf8") };
  const sasl = { mechanism: "scram-sha-512", username: login.username, password: login.password } as const;
  const auth = { mechanism: "client-settings", settings: { ssl, sasl } } as const;
  const producer = createProducer({ brokers: [`127.0.0.1:${ports.kafka}`], auth, logger });
  const admin = kafka.admin();
  await admin.connect();
  await admin.createTopics({ topics: [{ topic, numPartitions: 6 }], waitForLeaders: true });
  await admin.disconnect();
  try {
    await fill(client);
    const relay = createOutboxRelay({ client, table, producer, logger });
    const startedAt = performance.now();
    const { keys } = await relay.sweep({ olderThanMs: 0, deadline: new Date(Date.now() + 300_000) });
    const sent = keys.reduce((sum, key) => sum + key.sent, 0);
    if (sent !== records) throw new Error(`the relay sent ${sent} of ${records} records`);
    return (sent * 1_000) / (performance.now() - startedAt);
  } finally {
    await producer.close();
    client.destroy();
  }
}

async function fill(client: DynamoDBDocumentClient): Promise<void> {
  await createTable(client, table, outboxKey);
  const items = Array.from({ length: records }, (_, offset) => {
    const key = Buffer.from(`order-${offset}`);
    const source = { topic: "orders", partition: 0, offset, timestampMs: 0, key, value: null, headers: [] };
    // About as large as an InventoryReserved.
    const record = { key, value: Buffer.alloc(60), headers: [["ce_id", Buffer.from(crypto.randomUUID())]] as const };
    const outgoing = { table, consumerGroup: "bench", source, writtenAt: new Date(), records: [{ topic, record }] };
    const { key: itemKey, ...write } = outboxWrite(outgoing);
    return { ...("item" in write && write.item), ...itemKey };
  });
  for (let next = 0; next < items.length; next += itemsPerCall) {
    const requests = items.slice(next, next + itemsPerCall).map((Item) => ({ PutRequest: { Item } }));
    await client.send(new BatchWriteCommand({ RequestItems: { [table]: requests } }));
  }
}
