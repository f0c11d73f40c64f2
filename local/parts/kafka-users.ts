import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as v from "valibot";
import { BackboneError } from "../../shared/errors.ts";
import { type BrokerSettings, clientProperties, dataFolder, propertiesText } from "./kafka-settings.ts";
import { jvmFlags } from "./part.ts";
import { runGuarded } from "./run-guarded.ts";

export interface KafkaTools extends BrokerSettings {
  readonly java: string;
  readonly jars: string;
}

/** Formats fresh storage, with every SCRAM user. */
export async function formatOnce(options: KafkaTools, configFile: string): Promise<void> {
  const data = dataFolder(options.stateFolder);
  if (existsSync(join(data, "meta.properties"))) return;
  mkdirSync(data, { recursive: true });
  const users = Object.entries(options.identity.passwords).flatMap(([name, password]) => [
    "--add-scram",
    `SCRAM-SHA-512=[name=${name},password=${password}]`,
  ]);
  const clusterId = "bG9jYWwtYmFja2JvbmUtMQ";
  await kafkaTool(options, "kafka.tools.StorageTool", [
    "format",
    "--cluster-id",
    clusterId,
    "--config",
    configFile,
    ...users,
  ]);
  rememberUsers(options);
}

/** Adds the SCRAM users that kept storage does not have yet: of a function that came after it was formatted. */
export async function addNewUsers(options: KafkaTools): Promise<void> {
  const known = v.parse(v.array(v.string()), JSON.parse(readFileSync(usersFile(options), "utf8")));
  const added = Object.entries(options.identity.passwords).filter(([name]) => !known.includes(name));
  for (const [name, password] of added) await setPassword(options, name, password);
  if (added.length > 0) rememberUsers(options);
}

/** Gives a SCRAM user of the running broker another password, and one that there is not yet its first. */
export async function setPassword(options: KafkaTools, name: string, password: string): Promise<void> {
  const { identity, port, stateFolder } = options;
  const clientFile = join(stateFolder, "client.properties");
  writeFileSync(clientFile, propertiesText(clientProperties(identity)), { mode: 0o600 });
  await kafkaTool(options, "kafka.admin.ConfigCommand", [
    ...["--bootstrap-server", `127.0.0.1:${port}`, "--command-config", clientFile],
    ...["--alter", "--entity-type", "users", "--entity-name", name],
    ...["--add-config", `SCRAM-SHA-512=[password=${password}]`],
  ]);
}

function usersFile(options: KafkaTools): string {
  return join(options.stateFolder, "scram-users.json");
}

function rememberUsers(options: KafkaTools): void {
  writeFileSync(usersFile(options), JSON.stringify(Object.keys(options.identity.passwords)));
}

/** Runs one of Kafka's own tools; its arguments hold passwords, so a failure shows only what the tool said. */
async function kafkaTool({ java, jars }: KafkaTools, mainClass: string, toolArgs: readonly string[]): Promise<void> {
  const args = [...jvmFlags, "-cp", `${jars}/*`, mainClass, ...toolArgs];
  const { code, output } = await runGuarded({ command: java, args, env: process.env });
  if (code !== 0) throw new BackboneError("PART_FAILED", `${mainClass} failed: ${output.split("\n").at(-1)}`);
}
