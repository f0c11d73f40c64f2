import { join } from "node:path";
import { adminPrincipal, type Identity, passwordOf } from "./identity.ts";

/** The local cluster is one broker, so whatever asks for more replicas gets one. */
export const brokerCount = 1;

export interface BrokerSettings {
  readonly port: number;
  readonly controllerPort: number;
  readonly stateFolder: string;
  readonly identity: Identity;
  /** Broker settings of the synthesized cluster configuration; what makes the broker a local one overrides them. */
  readonly serverProperties: ReadonlyMap<string, string>;
}

export function dataFolder(stateFolder: string): string {
  return join(stateFolder, "kafka");
}

/** Settings of the one broker, which is its own controller: clients over SASL/SCRAM and TLS, ACLs enforced. */
export function serverProperties(options: BrokerSettings): Map<string, string> {
  const { identity, port, controllerPort } = options;
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
    ["listener.name.clients.scram-sha-512.sasl.jaas.config", adminLogin(identity)],
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
    ["log.dirs", dataFolder(options.stateFolder)],
    ...replicationProperties,
    // Instead of 50, which the first group of all waits for, and every start: a client gives up on that after some seconds.
    ["offsets.topic.num.partitions", "1"],
    ["group.initial.rebalance.delay.ms", "0"],
  ]);
}

function adminLogin(identity: Identity): string {
  const module = "org.apache.kafka.common.security.scram.ScramLoginModule";
  return `${module} required username="${adminPrincipal}" password="${passwordOf(identity, adminPrincipal)}";`;
}

/** Settings with which Kafka's own tools log in as the administrator. */
export function clientProperties(identity: Identity): Map<string, string> {
  return new Map([
    ["security.protocol", "SASL_SSL"],
    ["sasl.mechanism", "SCRAM-SHA-512"],
    ["sasl.jaas.config", adminLogin(identity)],
    ["ssl.truststore.type", "PEM"],
    ["ssl.truststore.certificates", onOneLine(identity.certificate)],
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

export function propertiesText(properties: ReadonlyMap<string, string>): string {
  return [...properties].map(([name, value]) => `${name}=${value}\n`).join("");
}

/** PEM text as one value of a properties file, where a backslash escapes the line break. */
function onOneLine(pem: string): string {
  return pem.trim().replaceAll(/\r?\n/g, "\\n");
}
