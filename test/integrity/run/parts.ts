import { readFileSync } from "node:fs";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import kafkajs, { Kafka, logLevel } from "kafkajs";
import { inject } from "vitest";
import { createTable } from "../../../local/dynamodb-table.ts";
import { dynamoDbSettings } from "../../../local/provision.ts";
import { stopIdleTimers } from "../../../shared/kafkajs/index.ts";
import { eventually } from "../../integration/running-backbone.ts";

/** Where the parts are that run for all tests beside this folder. */
export interface IntegrityParts {
  readonly dynamoDbPort: number;
  readonly brokerPort: number;
  /** Of a principal that may do anything. */
  readonly credentials: { readonly username: string; readonly password: string };
  /** PEM file of the broker's certificate. */
  readonly certificateFile: string;
  /** Folder in which consumer processes keep their compiled modules. */
  readonly compileCache: string;
}

/** The parts as one test uses them: tables and a dead-letter topic that are nobody else's. */
export interface TestParts extends IntegrityParts {
  readonly client: DynamoDBDocumentClient;
  readonly kafka: Kafka;
  readonly claimsTable: string;
  readonly effectsTable: string;
  readonly deadLetterTopic: string;
}

export async function createTestParts(): Promise<TestParts> {
  const parts = inject("integrityParts");
  await stopIdleTimers();
  const client = DynamoDBDocumentClient.from(new DynamoDBClient(dynamoDbSettings(parts.dynamoDbPort)));
  const kafka = new Kafka({
    brokers: [`127.0.0.1:${parts.brokerPort}`],
    ssl: { ca: [readFileSync(parts.certificateFile, "utf8")] },
    sasl: { mechanism: "scram-sha-512", ...parts.credentials },
    logLevel: logLevel.NOTHING,
  });
  const [claimsTable, effectsTable, deadLetterTopic] = await Promise.all([
    ownTable(client, "claims"),
    ownTable(client, "effects"),
    createTopic(kafka, "dead-letters"),
  ]);
  return { ...parts, client, kafka, claimsTable, effectsTable, deadLetterTopic };
}

async function ownTable(client: DynamoDBDocumentClient, name: string): Promise<string> {
  const table = `${name}-${crypto.randomUUID()}`;
  await createTable(client, table, ["id"]);
  return table;
}

/** Makes a topic of two partitions that is nobody else's. */
export async function createTopic(kafka: Kafka, name: string): Promise<string> {
  const topic = `${name}-${crypto.randomUUID()}`;
  const admin = kafka.admin();
  await admin.connect();
  await admin.createTopics({ topics: [{ topic, numPartitions: 2 }], waitForLeaders: false });
  // kafkajs' own wait for leaders fails where a broker that has just started does not know the topic at once.
  await eventually(`${topic} has leaders`, async () => {
    try {
      const [metadata] = (await admin.fetchTopicMetadata({ topics: [topic] })).topics;
      return metadata?.partitions.every(({ leader }) => leader >= 0) || undefined;
    } catch (error) {
      if (error instanceof kafkajs.KafkaJSError && error.retriable) return undefined;
      throw error;
    }
  });
  await admin.disconnect();
  return topic;
}
