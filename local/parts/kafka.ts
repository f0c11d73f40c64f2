import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { Kafka, logLevel } from "kafkajs";
import type { GuardedProcess } from "./guarded-process.ts";
import { adminPrincipal, type Identity, passwordOf } from "./identity.ts";
import { brokerCount, propertiesText, serverProperties } from "./kafka-settings.ts";
import { addNewUsers, formatOnce, type KafkaTools } from "./kafka-users.ts";
import { serverFlags, startPart } from "./part.ts";

export interface KafkaOptions extends KafkaTools {
  readonly logFile: string;
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
  await formatOnce(options, configFile);
  let patienceMs = 200;
  const broker = await startPart({
    name: "Kafka",
    command: options.java,
    args: [
      ...serverFlags(options.jars),
      "-Xmx768m",
      ...simpleLogger,
      "-cp",
      `${options.jars}/*`,
      "kafka.Kafka",
      configFile,
    ],
    env: { ...process.env },
    logFile: options.logFile,
    graceSeconds: 10,
    ready: async () => {
      // The socket is bound long before the broker answers on it: an attempt that waits for that is given up soon, the
      // next ones, for a machine that is slow, less soon.
      patienceMs = Math.min(patienceMs * 1.5, 3_000);
      const kafka = kafkaClient(options.port, options.identity, adminPrincipal, patienceMs);
      const admin = kafka.admin({ retry: { retries: 0 } });
      try {
        await admin.connect();
        return (await admin.describeCluster()).brokers.length === brokerCount;
      } finally {
        await admin.disconnect();
      }
    },
  });
  try {
    await addNewUsers(options);
  } catch (error) {
    await broker.stop();
    throw error;
  }
  return broker;
}

const simpleLogger = [
  "-Dorg.slf4j.simpleLogger.showDateTime=true",
  "-Dorg.slf4j.simpleLogger.dateTimeFormat=yyyy-MM-dd'T'HH:mm:ss.SSS",
  "-Dorg.slf4j.simpleLogger.defaultLogLevel=info",
];
