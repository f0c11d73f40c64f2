import { execFile } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { Kafka, logLevel } from "kafkajs";
import type { GuardedProcess } from "./guarded-process.ts";
import { adminPrincipal, type Identity, passwordOf } from "./identity.ts";
import { jvmFlags, serverFlags, startPart } from "./part.ts";

const run = promisify(execFile);

/** The local cluster is one broker, so whatever asks for more replicas gets one. */
export const brokerCount = 1;

export interface KafkaOptions {
  readonly java: string;
  readonly jars: string;
  readonly port: number;
  readonly controllerPort: number;
  readonly stateFolder: string;
  readonly logFile: string;
  readonly identity: Identity;
  /** Broker settings of the synthesized cluster configuration. */
  readonly serverProperties: ReadonlyMap<string, string>;
}

/** How a client reaches the broker as a principal. */
export function kafkaClient(port: number, identity: Identity, principal: string, connectionTimeoutMs = 3_000): Kafka {
  return new Kafka({
    clientId: principal,
    brokers: [`127.0.0.1:${port}`],
    ssl: { ca: [identity.certificate] },
    sasl: { mechanism: "scram-sha-512", username: principal, password: passwordOf(identity, principal) },
    connectionTimeout: connectionTimeoutMs,
    logLevel: logLevel.NOTHING,
  });
}

/** Starts Apache Kafka as one combined broker and controller (KRaft), clients over SASL/SCRAM and TLS, ACLs enforced. */
export async function startKafka(options: KafkaOptions): Promise<GuardedProcess> {
  const configFile = join(options.stateFolder, "server.properties");
  writeFileSync(configFile, propertiesText(serverProperties(options)), { mode: 0o600 });
  const env = { ...process.env };
  const classPath = `${options.jars}/*`;
  await formatOnce(options, configFile, classPath);
  return startPart({
    name: "Kafka",
    command: options.java,
    args: [...serverFlags(options.jars), "-Xmx768m", ...simpleLogger, "-cp", classPath, "kafka.Kafka", configFile],
    env,
    logFile: options.logFile,
    graceSeconds: 10,
    ready: async () => {
      // The socket is bound long before the broker answers on it: an attempt that waits for that is given up soon.
      const kafka = kafkaClient(options.port, options.identity, adminPrincipal, 300);
      const admin = kafka.admin({ retry: { retries: 0 } });
      try {
        await admin.connect();
        return (await admin.describeCluster()).brokers.length === brokerCount;
      } finally {
        await admin.disconnect();
      }
    },
  });
}

const simpleLogger = [
  "-Dorg.slf4j.simpleLogger.showDateTime=true",
  "-Dorg.slf4j.simpleLogger.dateTimeFormat=yyyy-MM-dd'T'HH:mm:ss.SSS",
  "-Dorg.slf4j.simpleLogger.defaultLogLevel=info",
];

/** SCRAM users are written when the storage is formatted; a kept state gets a user that is new through a record of its own. */
async function formatOnce(options: KafkaOptions, configFile: string, classPath: string): Promise<void> {
  const data = join(options.stateFolder, "kafka");
  if (existsSync(join(data, "meta.properties"))) return;
  mkdirSync(data, { recursive: true });
  const users = Object.entries(options.identity.passwords).flatMap(([name, password]) => [
    "--add-scram",
    `SCRAM-SHA-512=[name=${name},password=${password}]`,
  ]);
  await run(options.java, [
    ...jvmFlags,
    "-cp",
    classPath,
    "kafka.tools.StorageTool",
    "format",
    "--cluster-id",
    "bG9jYWwtYmFja2JvbmUtMQ",
    "--config",
    configFile,
    ...users,
  ]);
}

function serverProperties(options: KafkaOptions): Map<string, string> {
  const { identity, port, controllerPort } = options;
  const scram = "org.apache.kafka.common.security.scram.ScramLoginModule required";
  const admin = `${scram} username="${adminPrincipal}" password="${passwordOf(identity, adminPrincipal)}";`;
  return new Map([
    ...options.serverProperties,
    ["process.roles", "broker,controller"],
    ["node.id", "1"],
    ["controller.quorum.voters", `1@127.0.0.1:${controllerPort}`],
    ["controller.listener.names", "CONTROLLER"],
    ["listeners", `CLIENTS://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}`],
    ["advertised.listeners", `CLIENTS://127.0.0.1:${port}`],
    ["listener.security.protocol.map", "CLIENTS:SASL_SSL,CONTROLLER:PLAINTEXT"],
    ["inter.broker.listener.name", "CLIENTS"],
    ["sasl.enabled.mechanisms", "SCRAM-SHA-512"],
    ["sasl.mechanism.inter.broker.protocol", "SCRAM-SHA-512"],
    ["listener.name.clients.scram-sha-512.sasl.jaas.config", admin],
    ["ssl.keystore.type", "PEM"],
    ["ssl.keystore.certificate.chain", onOneLine(identity.certificate)],
    ["ssl.keystore.key", onOneLine(identity.privateKey)],
    ["ssl.truststore.type", "PEM"],
    ["ssl.truststore.certificates", onOneLine(identity.certificate)],
    ["authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer"],
    // Nobody logs in on the controller's listener, which the broker alone uses: its principal is ANONYMOUS.
    ["super.users", `User:${adminPrincipal};User:ANONYMOUS`],
    // IAM denies what no policy allows; so does the local broker, whatever MSK's own default for SCRAM principals is.
    ["allow.everyone.if.no.acl.found", "false"],
    ["log.dirs", join(options.stateFolder, "kafka")],
    ...replicationProperties,
    ["group.initial.rebalance.delay.ms", "0"],
  ]);
}

const replicationProperties = [
  "default.replication.factor",
  "min.insync.replicas",
  "offsets.topic.replication.factor",
  "transaction.state.log.replication.factor",
  "transaction.state.log.min.isr",
  "share.coordinator.state.topic.replication.factor",
  "share.coordinator.state.topic.min.isr",
].map((name): [string, string] => [name, String(brokerCount)]);

function propertiesText(properties: ReadonlyMap<string, string>): string {
  return [...properties].map(([name, value]) => `${name}=${value}\n`).join("");
}

/** PEM text as one value of a properties file, where a backslash escapes the line break. */
function onOneLine(pem: string): string {
  return pem.trim().replaceAll(/\r?\n/g, "\\n");
}
