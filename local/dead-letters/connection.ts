import { join } from "node:path";
import kafkajs, { type Admin, type Kafka } from "kafkajs";
import { readAccess } from "../../shared/access/index.ts";
import type { ReadOptions } from "../../shared/dead-letter/index.ts";
import { BackboneError } from "../../shared/errors.ts";
import { createProducer, type Producer } from "../../shared/kafka/index.ts";
import { stopIdleTimers } from "../../shared/kafkajs/index.ts";
import { createSchemaRegistry, type SchemaRegistry } from "../../shared/schema-registry/index.ts";
import { settingsOf } from "../access/cluster.ts";
import { defaultStage, projectFolder } from "../template/synthesize.ts";
import { groupsOf } from "./access-file-groups.ts";
import type { Arguments } from "./arguments.ts";

// Node finds only some of the names that this CommonJS package exports.
const { Kafka: KafkaClient, KafkaJSError, logLevel } = kafkajs;

/** What the commands work with. */
export interface Connection {
  readonly kafka: Kafka;
  readonly admin: Admin;
  readonly producer: Producer;
  /** Undefined where nothing names one. */
  readonly registry: SchemaRegistry | undefined;
  /** By the access file. */
  readonly groupOf: NonNullable<ReadOptions["groupOf"]>;
}

/**
 * Uses a connection to the cluster that the arguments name, and closes it.
 *
 * @throws BackboneError INVALID_OPTIONS; KAFKA_UNAVAILABLE if the cluster does not answer or refuses the login
 */
export async function withConnection<T>(
  { connection, registryUrl }: Pick<Arguments, "connection" | "registryUrl">,
  env: NodeJS.ProcessEnv,
  use: (connection: Connection) => Promise<T>,
): Promise<T> {
  const { brokers, registryUrl: namedUrl, ...settings } = (await settingsOf(connection, env)).settings;
  const url = registryUrl ?? namedUrl;
  const registry = url === undefined ? undefined : createSchemaRegistry({ url });
  await stopIdleTimers();
  const kafka = new KafkaClient({
    clientId: "msk-event-backbone-dead-letters",
    brokers,
    ...settings,
    connectionTimeout: 5_000,
    requestTimeout: 15_000,
    retry: { initialRetryTime: 100, maxRetryTime: 1_000, retries: 4 },
    logLevel: logLevel.NOTHING,
  });
  const admin = kafka.admin();
  const logger = { info: () => {}, warn: () => {}, error: () => {} };
  const producer = createProducer({ brokers, auth: { mechanism: "client-settings", settings }, logger });
  try {
    await admin.connect();
    const access = readAccess(join(projectFolder, "infra/access.yaml"), { stage: defaultStage });
    return await use({ kafka, admin, producer, registry, groupOf: groupsOf(access) });
  } catch (cause) {
    if (!(cause instanceof KafkaJSError)) throw cause;
    throw new BackboneError("KAFKA_UNAVAILABLE", `the cluster at ${brokers.join(",")}: ${cause.message}`, { cause });
  } finally {
    await Promise.all([admin.disconnect(), producer.close()]);
  }
}
