import { resolve } from "node:path";
import type { Admin, Kafka } from "kafkajs";
import { consumerGroupsOf, readAccess, redrivableMs } from "../../shared/access/index.ts";
import type { ReadOptions } from "../../shared/dead-letter/index.ts";
import { createProducer, type Producer } from "../../shared/kafka/index.ts";
import { createSchemaRegistry, type SchemaRegistry } from "../../shared/schema-registry/index.ts";
import { settingsOf, withClient } from "../access/cluster.ts";
import { stageOf } from "../stage.ts";
import { projectFolder } from "../template/synthesize.ts";
import { groupsOf } from "./access-file-groups.ts";
import type { Arguments } from "./arguments.ts";

/** What the commands work with. */
export interface Connection {
  readonly kafka: Kafka;
  readonly admin: Admin;
  readonly producer: Producer;
  /** Undefined where nothing names one. */
  readonly registry: SchemaRegistry | undefined;
  /** By the access file. */
  readonly groupOf: NonNullable<ReadOptions["groupOf"]>;
  /** Epoch milliseconds; undefined where nothing is too old. */
  readonly redrivableSinceMs: number | undefined;
  /** Every consumer group of the access file. */
  readonly groups: readonly string[];
}

/**
 * Uses a connection to the cluster that the arguments name, and closes it.
 *
 * @throws BackboneError INVALID_OPTIONS; KAFKA_UNAVAILABLE if the cluster does not answer or refuses the login
 */
export async function withConnection<T>(
  {
    connection,
    registryUrl,
    file,
    claimsGone,
    stage: namedStage,
  }: Pick<Arguments, "connection" | "registryUrl" | "file" | "claimsGone" | "stage">,
  env: NodeJS.ProcessEnv,
  use: (connection: Connection) => Promise<T>,
): Promise<T> {
  const { settings } = await settingsOf(connection, env);
  const accessFile = file === undefined ? resolve(projectFolder, "infra/access.yaml") : resolve(file);
  const access = readAccess(accessFile, { stage: await stageOf(namedStage, settings.stage) });
  const groupOf = groupsOf(access);
  const redrivableSinceMs = claimsGone ? undefined : Date.now() - redrivableMs;
  const groups = access.services.flatMap((service) => (service.consumes.length === 0 ? [] : consumerGroupsOf(service)));
  const url = registryUrl ?? settings.registryUrl;
  const registry = url === undefined ? undefined : createSchemaRegistry({ url });
  return withClient("dead-letters", settings, async ({ kafka, admin }) => {
    const logger = { info: () => {}, warn: () => {}, error: () => {} };
    const auth = { mechanism: "client-settings", settings } as const;
    // Several topics that are missing take some seconds each to be refused, before the others have their turn.
    const producer = createProducer({ brokers: settings.brokers, auth, logger, timeoutMs: 60_000 });
    try {
      return await use({ kafka, admin, producer, registry, groupOf, redrivableSinceMs, groups });
    } finally {
      await producer.close();
    }
  });
}
