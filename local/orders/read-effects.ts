import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient, paginateScan } from "@aws-sdk/lib-dynamodb";
import type { Kafka } from "kafkajs";
import * as v from "valibot";
import { readDeadLetters } from "../../shared/dead-letter/index.ts";
import { dynamoDbSettings } from "../provision.ts";
import { readTopics } from "../read-topics.ts";
import { type Effects, orderStates } from "./audit.ts";

const reservationSchema = v.object({
  orderId: v.string(),
  eventId: v.string(),
  status: v.picklist(["RESERVED", "REJECTED"]),
  lines: v.array(v.object({ sku: v.string(), quantity: v.number() })),
});
const stockSchema = v.object({ sku: v.string(), initial: v.number(), remaining: v.number() });
const statusSchema = v.object({ orderId: v.string(), status: v.picklist(orderStates) });

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

async function eventIdsIn(kafka: Kafka, topic: string): Promise<ReadonlySet<string>> {
  const ids = new Set<string>();
  await readTopics({
    kafka,
    topics: [topic],
    groupPrefix: "backbone-audit-",
    onRecords(records) {
      for (const record of records) {
        for (const { identity } of readDeadLetters(record)) if (identity !== undefined) ids.add(identity.id);
      }
    },
  });
  return ids;
}
