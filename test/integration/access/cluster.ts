import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { text as textOf } from "node:stream/consumers";
import type { GetSecretValueCommandOutput } from "@aws-sdk/client-secrets-manager";
import type { Admin } from "kafkajs";
import { afterAll, beforeAll, beforeEach, expect, vi } from "vitest";
import { runAccess } from "../../../local/access/run.ts";
import type { Acl } from "../../../shared/access/index.ts";
import { type ClusterState, readCluster, toKafkajsAcl } from "../../../shared/access-plan/index.ts";
import { clientProperties, startTestBroker, type TestBroker } from "../running-broker.ts";

// What the tests beside this file share: one broker, whose topics and ACLs each test has to itself.

/** Secrets Manager, as far as one secret goes. */
vi.mock("@aws-sdk/client-secrets-manager", () => ({
  GetSecretValueCommand: class {},
  SecretsManagerClient: class {
    async send(): Promise<Pick<GetSecretValueCommandOutput, "SecretString">> {
      return { SecretString: JSON.stringify(broker.credentials) };
    }
  },
}));

export const folder = mkdtempSync(join(tmpdir(), "access-test-"));
export const file = join(folder, "access.yaml");
export const planFile = join(folder, "plan.json");
const clientFile = join(folder, "client.properties");

export let broker: TestBroker;
export let admin: Admin;

beforeAll(async () => {
  broker = await startTestBroker();
  admin = broker.kafka.admin();
  await admin.connect();
  writeFileSync(clientFile, clientProperties(broker));
});
afterAll(async () => {
  await admin.disconnect();
  await broker.stop();
});
beforeEach(async () => {
  const topics = (await admin.listTopics()).filter((name) => !name.startsWith("__"));
  if (topics.length > 0) await admin.deleteTopics({ topics });
  // A broker lists a deleted topic for a moment, and cannot describe it.
  const { acls } = await vi.waitFor(() => readCluster(admin), shown);
  if (acls.length > 0) await admin.deleteAcls({ filters: acls.map(toKafkajsAcl) });
  await seen(({ topics: left, acls: granted }) => expect([left, granted]).toEqual([[], []]));
});

/** A broker shows a change a moment after the controller has acknowledged it. */
export const shown = { timeout: 60_000 } as const;

export async function seen(check: (state: ClusterState) => void): Promise<void> {
  await vi.waitFor(async () => check(await readCluster(admin)), shown);
}

export async function grant(...acls: readonly Acl[]): Promise<void> {
  await admin.createAcls({ acl: acls.map(toKafkajsAcl) });
  await seen((state) => expect(state.acls).toEqual(expect.arrayContaining([...acls])));
}

/** Runs a command line on the test's file and broker. */
export async function access(command: string, ...more: string[]) {
  const fileArgs = command === "import" ? [] : ["-f", file];
  const hasOwn = command === "validate" || more.includes("-c") || more.includes("--bootstrap-servers");
  const connection = hasOwn ? [] : ["-c", clientFile];
  return runHere([command, ...fileArgs, ...connection, ...more]);
}

export async function runHere(args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const code = await runAccess(args, { stdout, stderr, env });
  stdout.end();
  stderr.end();
  return { code, out: await textOf(stdout), err: await textOf(stderr) };
}

export const shop = `
settings: { topics: { defaults: { replication: 1 }, blacklist: { prefixed: [theirs.] } } }
topics:
  orders: { partitions: 3, configs: { retention.ms: 86400000, cleanup.policy: delete } }
  journal: { partitions: 1, configs: { cleanup.policy: compact, retention.ms: -1 } }
services:
  till: { type: application, auth: scram, produces: [orders] }
  stock: { type: application, auth: scram, group-id: stock-group, consumes: [orders] }
  keeper: { type: application, auth: scram, dead-letters: false, produces: [journal], consumes: [journal] }
users:
  ada: { roles: [operator] }
customServiceAcls:
  keeper:
    own-groups: { name: keeper-, type: GROUP, pattern: PREFIXED, operation: READ, permission: ALLOW }
customUserAcls:
  ada:
    no-writing: { name: "*", type: TOPIC, pattern: LITERAL, operation: WRITE, permission: DENY }
    from-home: { name: orders, type: TOPIC, pattern: LITERAL, host: 10.0.0.7, operation: ALTER, permission: ALLOW }
`;

/** What the file says is on the cluster. */
export async function applied(state: string): Promise<void> {
  writeFileSync(file, state);
  const { code, err } = await access("apply");
  expect(code, err).toBe(0);
}

export async function topicNames(): Promise<string[]> {
  return (await readCluster(admin)).topics.map(({ name }) => name);
}

export async function produce(topic: string): Promise<void> {
  const producer = broker.kafka.producer();
  await producer.connect();
  await producer.send({ topic, messages: ["one", "two"].map((value) => ({ key: "k", value })) });
  await producer.disconnect();
}

export const foreignAcl = {
  principal: "User:somebody-else",
  host: "*",
  resourceType: "TOPIC",
  resourceName: "orders",
  patternType: "LITERAL",
  operation: "ALL",
  permission: "ALLOW",
} as const;
