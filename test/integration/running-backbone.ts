import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import type { KafkaMessage } from "kafkajs";
import type { Backbone } from "../../local/backbone.ts";
import { launchBackbone } from "../../local/launch.ts";
import { lagOf } from "../../local/mappings.ts";
import { dynamoDbSettings } from "../../local/provision.ts";

/** A backbone on free ports with fresh state. */
export function startTestBackbone(): Promise<Backbone> {
  return launchBackbone({ freePorts: true, dataFolder: undefined, say: () => undefined });
}

export function documentClient({ ports }: Backbone): DynamoDBDocumentClient {
  return DynamoDBDocumentClient.from(new DynamoDBClient(dynamoDbSettings(ports.dynamodb)));
}

/** Resolves with the first result that is not undefined; a condition that is never met fails the test with its name. */
export async function eventually<T>(what: string, check: () => Promise<T | undefined>, withinMs = 30_000): Promise<T> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    const result = await check();
    if (result !== undefined) return result;
    if (Date.now() > deadline) throw new Error(`not within ${withinMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Resolves when every mapping has committed all records of its topic. */
export async function caughtUp({ kafka, mappings }: Backbone): Promise<void> {
  const admin = kafka.admin();
  await admin.connect();
  try {
    await eventually("every mapping has caught up", async () => {
      const lags = await Promise.all(mappings.map(({ definition }) => lagOf(admin, definition)));
      return lags.every((lag) => lag === 0) ? true : undefined;
    });
  } finally {
    await admin.disconnect();
  }
}

/** Every message that the topic holds now. */
export async function messagesOf({ kafka }: Pick<Backbone, "kafka">, topic: string): Promise<KafkaMessage[]> {
  const admin = kafka.admin();
  const consumer = kafka.consumer({ groupId: `test-${crypto.randomUUID()}`, maxWaitTimeInMs: 100 });
  await Promise.all([admin.connect(), consumer.connect()]);
  const offsets = await admin.fetchTopicOffsets(topic);
  const expected = offsets.reduce((sum, { low, high }) => sum + Number(high) - Number(low), 0);
  const messages: KafkaMessage[] = [];
  await consumer.subscribe({ topic, fromBeginning: true });
  await consumer.run({
    autoCommit: false,
    eachMessage: async ({ message }) => {
      messages.push(message);
    },
  });
  await eventually(`${expected} messages of ${topic}`, async () => (messages.length >= expected ? true : undefined));
  await Promise.all([consumer.disconnect(), admin.disconnect()]);
  return messages;
}
