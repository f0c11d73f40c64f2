import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient, paginateScan } from "@aws-sdk/lib-dynamodb";
import type { Kafka } from "kafkajs";
import * as v from "valibot";
import { BackboneError } from "../../shared/errors.ts";
import { dynamoDbSettings } from "../provision.ts";
import { type Effects, orderStates } from "./audit.ts";

const reservationSchema = v.object({
  orderId: v.string(),
  eventId: v.string(),
  status: v.picklist(["RESERVED", "REJECTED"]),
  lines: v.array(v.object({ sku: v.string(), quantity: v.number() })),
});
const stockSchema = v.object({ sku: v.string(), initial: v.number(), remaining: v.number() });
const statusSchema = v.object({ orderId: v.string(), status: v.picklist(orderStates) });

const readTimeoutMs = 60_000;

export interface ReadEffectsOptions {
  readonly dynamoDbPort: number;
  readonly kafka: Kafka;
  readonly reservationsTable: string;
  readonly stockTable: string;
  readonly statusesTable: string;
  readonly deadLetterTopic: string;
}

/** Reads what took effect: the tables whole, and the ids of all events in the dead-letter topic. */
export async function readEffects(options: ReadEffectsOptions): Promise<Effects> {
  const client = DynamoDBDocumentClient.from(new DynamoDBClient(dynamoDbSettings(options.dynamoDbPort)));
  try {
    const [reservations, stock, statuses, deadLetterEventIds] = await Promise.all([
      scan(client, options.reservationsTable, reservationSchema),
      scan(client, options.stockTable, stockSchema),
      scan(client, options.statusesTable, statusSchema),
      eventIdsIn(options.kafka, options.deadLetterTopic),
    ]);
    const states = new Map(statuses.map(({ orderId, status }) => [orderId, status]));
    return { reservations, stock, states, deadLetterEventIds };
  } finally {
    client.destroy();
  }
}

async function scan<T>(
  client: DynamoDBDocumentClient,
  table: string,
  schema: v.GenericSchema<unknown, T>,
): Promise<T[]> {
  const items: T[] = [];
  for await (const page of paginateScan({ client }, { TableName: table, ConsistentRead: true }))
    for (const item of page.Items ?? []) items.push(v.parse(schema, item));
  return items;
}

/** Reads the topic from its beginning to the ends that it has now, in a group of its own that is deleted afterwards. */
async function eventIdsIn(kafka: Kafka, topic: string): Promise<ReadonlySet<string>> {
  const ids = new Set<string>();
  const admin = kafka.admin();
  await admin.connect();
  try {
    const unread = new Map(
      (await admin.fetchTopicOffsets(topic))
        .filter(({ low, high }) => Number(high) > Number(low))
        .map(({ partition, high }) => [partition, Number(high) - 1]),
    );
    if (unread.size === 0) return ids;
    const groupId = `backbone-audit-${crypto.randomUUID()}`;
    const consumer = kafka.consumer({ groupId, maxWaitTimeInMs: 100 });
    const { promise: read, resolve, reject } = Promise.withResolvers<void>();
    const timer = setTimeout(() => {
      reject(
        new BackboneError("KAFKA_UNAVAILABLE", `${topic} could not be read to its end within ${readTimeoutMs} ms`),
      );
    }, readTimeoutMs);
    await consumer.connect();
    await consumer.subscribe({ topic, fromBeginning: true });
    await consumer.run({
      autoCommit: false,
      eachMessage: async ({ partition, message }) => {
        const id = message.headers?.ce_id;
        if (id !== undefined) ids.add(String(id));
        const last = unread.get(partition);
        if (last !== undefined && Number(message.offset) >= last) unread.delete(partition);
        if (unread.size === 0) resolve();
      },
    });
    await read.finally(() => {
      clearTimeout(timer);
      return consumer.disconnect();
    });
    await admin.deleteGroups([groupId]);
    return ids;
  } finally {
    await admin.disconnect();
  }
}
