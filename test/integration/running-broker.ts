import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import type { Kafka } from "kafkajs";
import { adminPrincipal, loadIdentity, passwordOf } from "../../local/parts/identity.ts";
import { cacheFolder, installParts } from "../../local/parts/install.ts";
import { defaultJavaSearch, requireJava } from "../../local/parts/java.ts";
import { kafkaClient, startKafka } from "../../local/parts/kafka.ts";
import { setPassword } from "../../local/parts/kafka-users.ts";
import { freePorts } from "../../local/parts/ports.ts";
import { createRunFolder } from "../../local/run-folder.ts";
import type { ScramCredentials } from "../../shared/kafka/kafka-client.ts";
import { stopIdleTimers } from "../../shared/kafkajs/index.ts";
import { eventually } from "./running-backbone.ts";

/** A broker alone, with fresh state: TLS, SCRAM, ACLs. */
export interface TestBroker {
  readonly port: number;
  readonly address: string;
  /** Of a principal that may do anything. */
  readonly credentials: ScramCredentials;
  /** A client of one of the principals that it was started with, and what that logs in with. */
  clientOf(principal: string): Kafka;
  credentialsOf(principal: string): ScramCredentials;
  /**
   * Changes what a principal logs in with, and waits until the broker takes it; `credentialsOf` goes on telling what it
   * was started with.
   */
  setPassword(principal: string, password: string): Promise<void>;
  /** PEM file of the broker's certificate. This process trusts it already. */
  readonly certificateFile: string;
  readonly kafka: Kafka;
  /** Makes a topic that nobody else uses. */
  createTopic(settings?: {
    partitions?: number;
    maxMessageBytes?: number;
    cleanupPolicy?: "delete" | "compact";
  }): Promise<string>;
  stop(): Promise<void>;
}

/** A client properties file with which Kafka's own tools, and ours, log in there. */
export function clientProperties(
  { address, credentials: { username, password }, certificateFile }: TestBroker,
  claimedPassword = password,
): string {
  return [
    `bootstrap.servers=${address}`,
    "security.protocol=SASL_SSL",
    "sasl.mechanism=SCRAM-SHA-512",
    `sasl.jaas.config=ScramLoginModule required username="${username}" password="${claimedPassword}";`,
    `ssl.truststore.location=${certificateFile}`,
  ].join("\n");
}

export async function startTestBroker(
  serverProperties: Readonly<Record<string, string>> = {},
  principals: readonly string[] = [],
): Promise<TestBroker> {
  await stopIdleTimers();
  const [parts, ports] = await Promise.all([installParts(cacheFolder(process.env), () => {}), freePorts()]);
  const folder = createRunFolder(mkdtempSync(join(tmpdir(), "broker-test-")), undefined);
  const identity = await loadIdentity(folder.state, principals);
  const certificateFile = join(folder.state, "certificate.pem");
  writeFileSync(certificateFile, identity.certificate);
  setDefaultCACertificates([...getCACertificates(), identity.certificate]);
  const options = {
    java: requireJava(defaultJavaSearch(process.env)),
    jars: parts.kafka,
    port: ports.kafka,
    controllerPort: ports.controller,
    stateFolder: folder.state,
    logFile: join(folder.logs, "kafka.log"),
    identity,
    serverProperties: new Map(Object.entries(serverProperties)),
  };
  const broker = await startKafka(options);
  const clientOf = (principal: string) => kafkaClient(ports.kafka, identity, principal);
  const credentialsOf = (username: string) => ({ username, password: passwordOf(identity, username) });
  const kafka = clientOf(adminPrincipal);
  const admin = kafka.admin();
  await admin.connect();
  return {
    port: ports.kafka,
    address: `127.0.0.1:${ports.kafka}`,
    credentials: credentialsOf(adminPrincipal),
    clientOf,
    credentialsOf,
    async setPassword(principal, password) {
      await setPassword(options, principal, password);
      // The controller has it; the broker takes it a moment later.
      const changed = { ...identity, passwords: { ...identity.passwords, [principal]: password } };
      await eventually(`the broker takes the new password of ${principal}`, async () => {
        const login = kafkaClient(ports.kafka, changed, principal).admin({ retry: { retries: 0 } });
        try {
          await login.connect();
          return true;
        } catch {
          return undefined;
        } finally {
          await login.disconnect();
        }
      });
    },
    certificateFile,
    kafka,
    async createTopic({ partitions = 1, maxMessageBytes = 1_048_588, cleanupPolicy = "delete" } = {}) {
      const topic = `test-${crypto.randomUUID()}`;
      const configEntries = [
        { name: "max.message.bytes", value: String(maxMessageBytes) },
        { name: "cleanup.policy", value: cleanupPolicy },
      ];
      await admin.createTopics({ waitForLeaders: true, topics: [{ topic, numPartitions: partitions, configEntries }] });
      return topic;
    },
    async stop() {
      await admin.disconnect();
      await broker.stop();
      folder.discardState();
    },
  };
}
