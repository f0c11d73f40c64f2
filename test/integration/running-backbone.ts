import { mkdirSync, mkdtempSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import kafkajs, { type KafkaMessage } from "kafkajs";
import type { Backbone } from "../../local/backbone.ts";
import { launchBackbone } from "../../local/launch.ts";
import { lagOf } from "../../local/mappings.ts";
import { openBacklog, workedOff } from "../../local/orders/backlog.ts";
import { installOnce } from "../../local/parts/install-once.ts";
import { dynamoDbSettings } from "../../local/provision.ts";
import { synthesize } from "../../local/template/synthesize.ts";

/** A backbone, and every line that it has told so far. */
export interface TestBackbone extends Backbone {
  readonly said: readonly string[];
}

/** The stage that the tests run on: prod, unless BACKBONE_STAGE names another. */
export const testStage = process.env.BACKBONE_STAGE ?? "prod";

/** A backbone on free ports with fresh state; the templates are synthesized once in a run. */
export async function startTestBackbone(stage = testStage): Promise<TestBackbone> {
  const said: string[] = [];
  const say = (line: string) => void said.push(line);
  const templates = join(tmpdir(), `templates-${stage}`);
  await installOnce(templates, (folder) => synthesize(stage, folder));
  return {
    ...(await launchBackbone({ stage, synthesized: { templates }, freePorts: true, dataFolder: undefined, say })),
    said,
  };
}

export function documentClient({ ports }: Backbone): DynamoDBDocumentClient {
  return DynamoDBDocumentClient.from(new DynamoDBClient(dynamoDbSettings(ports.dynamodb)));
}

/** A cache folder in which this backbone runs alone: beside it others may run, of which one would have to be named. */
export function cacheWith({ logFolder }: Backbone): string {
  const cache = mkdtempSync(join(tmpdir(), "cache-"));
  const run = dirname(logFolder);
  mkdirSync(join(cache, "runs"));
  symlinkSync(run, join(cache, "runs", basename(run)));
  return cache;
}

/** Resolves with the first result that is not undefined; a condition that is never met fails the test with its name. */
export async function eventually<T>(what: string, check: () => Promise<T | undefined>, withinMs = 120_000): Promise<T> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    const result = await check();
    if (result !== undefined) return result;
    if (Date.now() > deadline) throw new Error(`not within ${withinMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Records that the mappings have still to process and commit. */
export async function lagOfAll({ kafka, mappings }: Backbone): Promise<number> {
  const admin = kafka.admin();
  await admin.connect();
  try {
    const lags = await Promise.all(mappings.map(({ definition }) => lagOf(admin, definition)));
    return lags.reduce((sum, lag) => sum + lag, 0);
  } finally {
    await admin.disconnect();
  }
}

/**
 * Several times the 30 s after which a broker that came back forgets the members that a group had, and for which a function
 * may try in vain to reach what was away.
 */
const unchangedMs = 120_000;

/**
 * Resolves when every mapping has committed all records of its topic and every outbox is empty, twice in a row. A part or
 * a mapping that has ended by itself fails the test with its reason.
 */
export async function caughtUp(backbone: Backbone): Promise<void> {
  const backlog = await openBacklog(backbone);
  try {
    const read = async () => (await unlessRetriable(backlog.read)) ?? -1;
    const left = await Promise.race([workedOff(read, { deadlineMs: unchangedMs, pauseMs: 20 }), backbone.broken]);
    if (left !== 0) throw new Error(`nothing changed for ${unchangedMs} ms: ${left} records are not processed`);
  } finally {
    await backlog.close();
  }
}

/** A broker that has just come back does not know at once which groups it coordinates, and which partitions it leads. */
async function unlessRetriable<T>(ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof kafkajs.KafkaJSNumberOfRetriesExceeded) return undefined;
    if (error instanceof kafkajs.KafkaJSError && error.retriable) return undefined;
    throw error;
  }
}

/** Every message that the topic holds now. */
export async function messagesOf({ kafka }: Pick<Backbone, "kafka">, topic: string): Promise<KafkaMessage[]> {
  const admin = kafka.admin();
  const consumer = kafka.consumer({ groupId: `test-${crypto.randomUUID()}`, maxWaitTimeInMs: 100 });
  await Promise.all([admin.connect(), consumer.connect()]);
  const ask = () => unlessRetriable(() => admin.fetchTopicOffsets(topic));
  const offsets = await eventually(`${topic} has leaders`, ask);
  const expected = offsets.reduce((sum, { low, high }) => sum + Number(high) - Number(low), 0);
  // By their places: when the group has to form again, it begins anew.
  const messages = new Map<string, KafkaMessage>();
  await consumer.subscribe({ topic, fromBeginning: true });
  await consumer.run({
    autoCommit: false,
    eachMessage: async ({ partition, message }) => {
      messages.set(`${partition}/${message.offset}`, message);
    },
  });
  await eventually(`${expected} messages of ${topic}`, async () => messages.size >= expected || undefined);
  await Promise.all([consumer.disconnect(), admin.disconnect()]);
  return [...messages.values()];
}
