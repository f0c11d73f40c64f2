import type { KafkaConfig } from "kafkajs";
import { BackboneError } from "../../shared/errors.ts";
import { saslOf } from "../../shared/kafkajs/index.ts";
import { readTextFile } from "../command-line/text-file.ts";
import { parseJavaProperties } from "./java-properties.ts";
import { regionOf } from "./region.ts";

interface Login {
  readonly username: string;
  readonly password: string;
}

/** How to reach a cluster, in kafkajs' words. */
export type ClientSettings = Pick<KafkaConfig, "ssl" | "sasl"> & {
  readonly brokers: string[];
  /** Base URL of the schema registry's Confluent API, where it is named: `schema.registry.url`. */
  readonly registryUrl?: string;
  /** Of a local backbone, the stage that it runs: `backbone.stage`. */
  readonly stage?: string;
  /** Whether the login is one that only MSK has, `AWS_MSK_IAM`, whatever the brokers are called. @default false */
  readonly iam?: true;
};

const protocols = ["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"];
/** What would change who is trusted, or who one is, and is not known here. */
const unsupported =
  /^(ssl\.keystore\.|ssl\.key\.|ssl\.truststore\.password$|ssl\.endpoint\.identification\.algorithm$)/;

/**
 * A client properties file of Kafka's own tools: `bootstrap.servers`, `security.protocol`, `sasl.mechanism` (SCRAM-SHA-512,
 * SCRAM-SHA-256, PLAIN, AWS_MSK_IAM), `sasl.jaas.config` or else `sasl.username` and `sasl.password`, and a truststore in
 * PEM as `ssl.truststore.certificates` or `ssl.truststore.location`. Timeouts and the like are passed over.
 *
 * @throws BackboneError INVALID_OPTIONS naming file and setting; never a value that may be a secret
 */
export async function readClientProperties(file: string, env: NodeJS.ProcessEnv): Promise<ClientSettings> {
  const properties = parseJavaProperties(readTextFile(file));
  const refuse = (setting: string, rule: string) =>
    new BackboneError("INVALID_OPTIONS", `${file}: ${setting}: ${rule}`);
  const strange = [...properties.keys()].find((name) => unsupported.test(name));
  if (strange !== undefined) throw refuse(strange, "is not supported");

  const brokers = (properties.get("bootstrap.servers") ?? "").split(",").map((broker) => broker.trim());
  if (!brokers.every((broker) => /^\S+:\d{1,5}$/.test(broker))) {
    throw refuse("bootstrap.servers", "must be HOST:PORT, or several with a comma between");
  }
  const protocol = properties.get("security.protocol") ?? "PLAINTEXT";
  if (!protocols.includes(protocol)) {
    throw refuse("security.protocol", `must be ${protocols.join(", ")}, got ${protocol}`);
  }
  const ssl = protocol.endsWith("SSL") ? { ssl: trusted(properties, refuse) } : {};
  const registryUrl = properties.get("schema.registry.url");
  const stage = properties.get("backbone.stage");
  const reached = { brokers, ...ssl, ...(registryUrl && { registryUrl }), ...(stage && { stage }) };
  if (!protocol.startsWith("SASL")) return reached;
  const mechanism = properties.get("sasl.mechanism") ?? "GSSAPI";
  if (mechanism === "AWS_MSK_IAM") {
    return { ...reached, iam: true, sasl: await saslOf({ mechanism: "iam", region: regionOf(brokers, env) }) };
  }
  const loginWith = mechanisms.get(mechanism);
  if (loginWith === undefined) {
    throw refuse("sasl.mechanism", `must be ${[...mechanisms.keys()].join(", ")} or AWS_MSK_IAM, got ${mechanism}`);
  }
  const jaas = properties.get("sasl.jaas.config") ?? "";
  const username = jaasOption(jaas, "username") ?? properties.get("sasl.username");
  const password = jaasOption(jaas, "password") ?? properties.get("sasl.password");
  if (username === undefined || password === undefined) {
    throw refuse("sasl.jaas.config", 'must have username="…" and password="…"');
  }
  return { ...reached, sasl: loginWith({ username, password }) };
}

const mechanisms = new Map<string, (login: Login) => NonNullable<KafkaConfig["sasl"]>>([
  ["SCRAM-SHA-512", (login) => ({ mechanism: "scram-sha-512", ...login })],
  ["SCRAM-SHA-256", (login) => ({ mechanism: "scram-sha-256", ...login })],
  ["PLAIN", (login) => ({ mechanism: "plain", ...login })],
]);

function trusted(
  properties: ReadonlyMap<string, string>,
  refuse: (setting: string, rule: string) => BackboneError,
): NonNullable<KafkaConfig["ssl"]> {
  const location = properties.get("ssl.truststore.location");
  const certificates =
    properties.get("ssl.truststore.certificates") ?? (location === undefined ? "" : readTextFile(location));
  if (certificates === "") return true;
  if (!certificates.includes("-----BEGIN CERTIFICATE-----")) {
    throw refuse(location === undefined ? "ssl.truststore.certificates" : "ssl.truststore.location", "must be PEM");
  }
  return { ca: [certificates] };
}

/** `… required username="a" password="b";`, where a quotation mark in a value is written `\"`. */
function jaasOption(jaas: string, name: string): string | undefined {
  const quoted = new RegExp(`\\b${name}\\s*=\\s*"((?:\\\\.|[^"\\\\])*)"`).exec(jaas)?.[1];
  return quoted?.replaceAll(/\\(.)/g, "$1");
}
