import { resolve } from "node:path";
import kafkajs, { type Admin, type Kafka as KafkaClient } from "kafkajs";
import { BackboneError } from "../../shared/errors.ts";
import { saslOf, stopIdleTimers } from "../../shared/kafkajs/index.ts";
import { cacheFolder } from "../parts/install.ts";
import { runningClientFiles } from "../run-folder.ts";
import type { ConnectionArguments } from "./arguments.ts";
import { type ClientSettings, readClientProperties } from "./client-properties.ts";
import { areOfMsk, regionOf } from "./region.ts";

// Node finds only some of the names that this CommonJS package exports.
const { Kafka, KafkaJSError, logLevel } = kafkajs;

/**
 * - local: the backbone of `npm start`, with fewer brokers than the file's topics have copies
 * - msk: its topics belong to CloudFormation
 * - other: topics and ACLs belong to the file
 */
export type ClusterKind = "local" | "msk" | "other";

const descriptions: Readonly<Record<ClusterKind, string>> = {
  local: "local backbone: topics have at most as many copies as it has brokers",
  msk: "MSK: CloudFormation owns the topics, here they are only compared; npx cdk deploy changes them",
  other: "the file owns topics and ACLs",
};

export interface Cluster {
  readonly kind: ClusterKind;
  /** Where it is, for people. */
  readonly name: string;
  readonly admin: Admin;
}

/**
 * Connects to the cluster, says which it is, uses the connection and closes it.
 *
 * @throws BackboneError KAFKA_UNAVAILABLE if the cluster does not answer or refuses the login
 */
export function withCluster<T>(
  { kind, settings }: Target,
  say: (line: string) => void,
  use: (cluster: Cluster) => Promise<T>,
): Promise<T> {
  const name = settings.brokers.join(",");
  return withClient("access", settings, ({ admin }) => {
    say(`cluster: ${name} (${descriptions[kind]})`);
    return use({ kind, name, admin });
  });
}

/**
 * Uses the client of a command line tool, which soon gives up, and closes it.
 *
 * @throws BackboneError KAFKA_UNAVAILABLE if the cluster does not answer or refuses the login
 */
export async function withClient<T>(
  tool: string,
  settings: ClientSettings,
  use: (client: { readonly kafka: KafkaClient; readonly admin: Admin }) => Promise<T>,
): Promise<T> {
  await stopIdleTimers();
  const kafka = new Kafka({
    clientId: `msk-event-backbone-${tool}`,
    ...settings,
    connectionTimeout: 5_000,
    requestTimeout: 15_000,
    retry: { initialRetryTime: 100, maxRetryTime: 1_000, retries: 4 },
    logLevel: logLevel.NOTHING,
  });
  const admin = kafka.admin();
  try {
    await admin.connect();
    return await use({ kafka, admin });
  } catch (cause) {
    if (!(cause instanceof KafkaJSError)) throw cause;
    throw new BackboneError("KAFKA_UNAVAILABLE", `the cluster at ${settings.brokers.join(",")}: ${cause.message}`, {
      cause,
    });
  } finally {
    await admin.disconnect();
  }
}

/** Which cluster, and how to reach it. */
export interface Target {
  readonly kind: ClusterKind;
  readonly settings: ClientSettings;
}

/** @throws BackboneError INVALID_OPTIONS for settings that cannot be read or are not supported */
export async function settingsOf(connection: ConnectionArguments, env: NodeJS.ProcessEnv): Promise<Target> {
  if (connection.kind === "msk") {
    const { brokers, secretArn } = connection;
    const auth =
      secretArn === undefined
        ? ({ mechanism: "iam", region: regionOf(brokers, env) } as const)
        : ({ mechanism: "scram-sha-512", secretArn } as const);
    return { kind: "msk", settings: { brokers: [...brokers], ssl: true, sasl: await saslOf(auth) } };
  }
  if (connection.kind === "file") {
    const settings = await readClientProperties(connection.file, env);
    if (settings.iam || areOfMsk(settings.brokers)) return { kind: "msk", settings };
    const isLocal = runningClientFiles(cacheFolder(env)).includes(resolve(connection.file));
    return { kind: isLocal ? "local" : "other", settings };
  }
  return { kind: "local", settings: await readClientProperties(localClientFile(env), env) };
}

function localClientFile(env: NodeJS.ProcessEnv): string {
  const [file, ...more] = runningClientFiles(cacheFolder(env));
  if (file === undefined) {
    throw new BackboneError(
      "INVALID_OPTIONS",
      "no local backbone is running: start one (npm start), or name a cluster with -c FILE or --bootstrap-servers",
    );
  }
  if (more.length > 0) {
    throw new BackboneError(
      "INVALID_OPTIONS",
      `${more.length + 1} local backbones are running: name one with -c ${[file, ...more].join(" or -c ")}`,
    );
  }
  return file;
}
