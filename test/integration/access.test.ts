import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { text as textOf } from "node:stream/consumers";
import type { GetSecretValueCommandOutput } from "@aws-sdk/client-secrets-manager";
import type { Admin } from "kafkajs";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { runAccess } from "../../local/access/run.ts";
import { createRunFolder } from "../../local/run-folder.ts";
import { type Acl, parseAccess } from "../../shared/access/index.ts";
import {
  applyPlan,
  type ClusterState,
  desiredStateOf,
  planOf,
  readCluster,
  toKafkajsAcl,
} from "../../shared/access-plan/index.ts";
import { clientProperties, startTestBroker, type TestBroker } from "./running-broker.ts";

/** Secrets Manager, as far as one secret goes. */
vi.mock("@aws-sdk/client-secrets-manager", () => ({
  GetSecretValueCommand: class {},
  SecretsManagerClient: class {
    async send(): Promise<Pick<GetSecretValueCommandOutput, "SecretString">> {
      return { SecretString: JSON.stringify(broker.credentials) };
    }
  },
}));

const folder = mkdtempSync(join(tmpdir(), "access-test-"));
const file = join(folder, "access.yaml");
const planFile = join(folder, "plan.json");
const clientFile = join(folder, "client.properties");

let broker: TestBroker;
let admin: Admin;

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
  const { acls } = await vi.waitFor(() => readCluster(admin), { timeout: 10_000 });
  if (acls.length > 0) await admin.deleteAcls({ filters: acls.map(toKafkajsAcl) });
  await seen(({ topics: left, acls: granted }) => expect([left, granted]).toEqual([[], []]));
});

/** A broker shows a change a moment after the controller has acknowledged it. */
async function seen(check: (state: ClusterState) => void): Promise<void> {
  await vi.waitFor(async () => check(await readCluster(admin)), { timeout: 10_000 });
}

async function grant(...acls: readonly Acl[]): Promise<void> {
  await admin.createAcls({ acl: acls.map(toKafkajsAcl) });
  await seen((state) => expect(state.acls).toEqual(expect.arrayContaining([...acls])));
}

/** Runs a command line on the test's file and broker. */
async function access(command: string, ...more: string[]) {
  const fileArgs = command === "import" ? [] : ["-f", file];
  const hasOwn = command === "validate" || more.includes("-c") || more.includes("--bootstrap-servers");
  const connection = hasOwn ? [] : ["-c", clientFile];
  return runHere([command, ...fileArgs, ...connection, ...more]);
}

async function runHere(args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const code = await runAccess(args, { stdout, stderr, env });
  stdout.end();
  stderr.end();
  return { code, out: await textOf(stdout), err: await textOf(stderr) };
}

const shop = `
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
async function applied(state: string): Promise<void> {
  writeFileSync(file, state);
  const { code, err } = await access("apply");
  expect(code, err).toBe(0);
}

async function topicNames(): Promise<string[]> {
  return (await readCluster(admin)).topics.map(({ name }) => name);
}

async function produce(topic: string): Promise<void> {
  const producer = broker.kafka.producer();
  await producer.connect();
  await producer.send({ topic, messages: ["one", "two"].map((value) => ({ key: "k", value })) });
  await producer.disconnect();
}

const foreignAcl = {
  principal: "User:somebody-else",
  host: "*",
  resourceType: "TOPIC",
  resourceName: "orders",
  patternType: "LITERAL",
  operation: "ALL",
  permission: "ALLOW",
} as const;

describe("plan and apply", () => {
  it("make the cluster what the file says; a plan of it then shows no change", async () => {
    writeFileSync(file, shop);
    const plan = await access("plan");
    expect(plan).toMatchObject({ code: 0, err: `cluster: ${broker.address} (the file owns topics and ACLs)\n` });
    expect(plan.out).toContain("  + orders.stock.dlt  3 partitions, replication 1\n");
    expect(plan.out).toContain("  + till  User:till may WRITE topic orders\n");
    expect(plan.out).toMatch(/Topics: 3 to create, 0 to change, 0 to delete\. ACLs: \d+ to create, 0 to delete\.\n$/);
    expect(await topicNames()).toEqual([]);

    const apply = await access("apply");
    expect(apply.code).toBe(0);
    expect(apply.out).toContain("Applied, and seen on the cluster.");

    const again = await access("plan");
    expect(again.out).toMatch(/^No changes: 3 topics and \d+ ACLs are as the file says\.\n$/);
    expect(await access("drift")).toMatchObject({ code: 0 });
    const [orders] = (await readCluster(admin)).topics.filter(({ name }) => name === "orders");
    expect(orders).toMatchObject({ partitions: 3, replication: 1 });
    expect(orders?.configs.get("retention.ms")).toMatchObject({ value: "86400000", isSet: true });
  });

  it("say with --include-unchanged also what stays", async () => {
    await applied(shop);
    const { out } = await access("plan", "--include-unchanged", "-o", planFile);
    expect(out).toContain("    orders  3 partitions, replication 1\n");
    const { topicPlans } = JSON.parse(readFileSync(planFile, "utf8"));
    expect(topicPlans.map(({ action }: { action: string }) => action)).toEqual(["NO_CHANGE", "NO_CHANGE", "NO_CHANGE"]);
  });

  it("add partitions, with a warning, and change settings without losing what a reassignment has set", async () => {
    await applied(shop);
    const throttle = { name: "leader.replication.throttled.replicas", value: "0:1" };
    const [retention, policy] = [
      { name: "retention.ms", value: "86400000" },
      { name: "segment.bytes", value: "2000000" },
    ];
    await admin.alterConfigs({
      validateOnly: false,
      resources: [{ type: 2, name: "orders", configEntries: [throttle, retention, policy] }],
    });
    writeFileSync(file, shop.replace("partitions: 3", "partitions: 6").replace("86400000", "3600000"));
    const plan = await access("plan");
    expect(plan.out).toContain("    ~ partitions 3 → 6  (keys move to other partitions)\n");
    expect(plan.out).toContain("    ~ retention.ms 86400000 → 3600000\n");
    expect(plan.out).toContain("left alone (--delete deletes them): settings segment.bytes of orders.\n");
    expect(plan.out).not.toContain("segment.bytes 2000000");
    expect(await access("apply")).toMatchObject({ code: 0 });
    await seen(({ topics }) => {
      const configs = topics.find(({ name }) => name === "orders")?.configs;
      expect(configs?.get("segment.bytes")).toMatchObject({ value: "2000000", isSet: true });
    });
    expect(await access("apply", "--delete")).toMatchObject({
      code: 0,
      out: expect.stringContaining("    - segment.bytes 2000000 → the brokers' default\n"),
    });
    const [orders] = (await readCluster(admin)).topics.filter(({ name }) => name === "orders");
    expect(orders?.partitions).toBe(6);
    const set = [...(orders?.configs ?? [])].filter(([, { isSet }]) => isSet).map(([key, { value }]) => [key, value]);
    expect(Object.fromEntries(set)).toEqual({ [throttle.name]: "0:1", "retention.ms": "3600000" });
  });

  it("see no difference in settings that are the broker's defaults, on either side", async () => {
    await admin.createTopics({
      waitForLeaders: true,
      topics: [
        {
          topic: "plain",
          numPartitions: 1,
          configEntries: [
            { name: "segment.bytes", value: "1073741824" },
            { name: "segment.ms", value: "604800000" },
          ],
        },
      ],
    });
    writeFileSync(file, "topics: { plain: { partitions: 1, replication: 1, configs: { retention.ms: 604800000 } } }");
    expect((await access("plan")).out).toBe("No changes: 1 topic and 0 ACLs are as the file says.\n");
  });

  it("keep to the targets, and leave ACLs alone where that is asked for", async () => {
    writeFileSync(file, shop);
    expect(await access("apply", "--target", "journal", "stock")).toMatchObject({ code: 0 });
    expect(await topicNames()).toEqual(["journal", "orders.stock.dlt"]);
    expect(new Set((await readCluster(admin)).acls.map(({ principal }) => principal))).toEqual(new Set(["User:stock"]));
    expect(await access("apply", "--skip-acls")).toMatchObject({ code: 0 });
    expect(await topicNames()).toEqual(["journal", "orders", "orders.stock.dlt"]);
    expect((await readCluster(admin)).acls.every(({ principal }) => principal === "User:stock")).toBe(true);
    const unknown = await access("plan", "--target", "journal", "jurnal");
    expect(unknown).toMatchObject({ code: 2, err: expect.stringContaining("--target jurnal: has to be a topic") });
  });
});

describe("what cannot be is refused, and nothing is applied", () => {
  const withNew = shop.replace("topics:\n", "topics:\n  new: { partitions: 1 }\n");

  it.each([
    [
      "fewer partitions",
      ["partitions: 3", "partitions: 2"],
      /topics\.orders\.partitions: must be at least the 3 .* got 2/,
    ],
    [
      "more copies than brokers",
      ["{ partitions: 1 }", "{ partitions: 1, replication: 3 }"],
      /topics\.new\.replication: must be at most 1, the cluster's brokers, got 3/,
    ],
    [
      "another replication than there is",
      ["partitions: 3,", "partitions: 3, replication: 2,"],
      /topics\.orders\.replication: must be the 1 that it has, got 2/,
    ],
    ["an unknown key", ["partitions: 3", "partition: 3"], /topics\.orders\.partition: unknown key/],
    ["a name that comes twice", ["users:", "topics: {}\nusers:"], /Map keys must be unique/],
    [
      "two services in one group",
      ["group-id: stock-group", "group-id: keeper"],
      /the group 'keeper' is already that of/,
    ],
    [
      "an ACL that the broker refuses",
      ["name: keeper-, type: GROUP", "name: keeper-, type: CLUSTER"],
      /customServiceAcls\.keeper: the name of a CLUSTER must be kafka-cluster, got 'keeper-'/,
    ],
    ["a bad name", ["  journal:", "  jour nal:"], /topics\.jour nal: must be 1 to 249 of/],
    ["an unknown setting", ["retention.ms: -1", "retention.msec: 1"], /retention\.msec/],
    [
      "a value that the broker refuses",
      ["policy: compact", "policy: shrink"],
      /topics\.journal\.configs \(cleanup\.policy=shrink\): INVALID_CONFIG/,
    ],
    [
      "a value of a new topic that the broker refuses",
      ["{ partitions: 1 }", "{ partitions: 1, configs: { retention.ms: soon } }"],
      /topics\.new \(retention\.ms=soon\): INVALID_CONFIG/,
    ],
  ] as const)("%s", async (_, [from, to], message) => {
    await applied(shop);
    writeFileSync(file, withNew.replace(from, to));
    const before = await readCluster(admin);
    for (const command of ["plan", "apply"]) {
      const { code, err } = await access(command);
      expect([code, err]).toEqual([2, expect.stringMatching(message)]);
    }
    expect(await readCluster(admin)).toEqual(before);
  });

  it("a cluster that is not there, and a login that is wrong, without telling the password", async () => {
    writeFileSync(file, shop);
    const nowhere = join(folder, "nowhere.properties");
    writeFileSync(nowhere, "bootstrap.servers=127.0.0.1:1");
    expect(await access("plan", "-c", nowhere)).toMatchObject({
      code: 2,
      err: expect.stringMatching(/127\.0\.0\.1:1/),
    });
    const wrong = join(folder, "wrong.properties");
    writeFileSync(wrong, clientProperties(broker, "not-the-password"));
    const { code, err } = await access("plan", "-c", wrong);
    expect([code, err]).toEqual([2, expect.stringMatching(/authentication failed(?!.*not-the-password)/i)]);
  });
});

describe("an apply that was interrupted", () => {
  /** Fails from the n-th change on, like a connection that is gone. */
  function failingAfter(changes: number): Admin {
    let left = changes;
    return new Proxy(admin, {
      get(target, name, receiver) {
        const member = Reflect.get(target, name, receiver);
        if (typeof member !== "function" || !/^(create|alter|delete)/.test(String(name))) return member;
        return (...args: unknown[]) => {
          left -= 1;
          if (left < 0) throw new Error("the connection is gone");
          return member.apply(target, args);
        };
      },
    });
  }

  it.each([1, 2, 3])("after %i changes is completed by running it again, with the plan file too", async (changes) => {
    writeFileSync(file, shop);
    expect(await access("plan", "-o", planFile)).toMatchObject({ code: 0 });
    const actual = await readCluster(admin);
    const plan = planOf({ desired: desiredStateOf(parseAccess(shop, file)), actual });
    const attempt = applyPlan(failingAfter(changes), plan, actual, () => {});
    await expect(attempt).rejects.toMatchObject({ code: "KAFKA_UNAVAILABLE" });
    await seen(({ topics }) => expect(topics).toHaveLength(changes));
    const { code, err } = await access("apply", "-p", planFile);
    expect(code, err).toBe(0);
    expect(await access("drift")).toMatchObject({ code: 0 });
  });
});

describe("deletions", () => {
  const less = shop
    .replace(/ {2}journal: .*\n/, "")
    .replace(/ {2}keeper: .*\n/, "")
    .replace(/customServiceAcls:\n.*\n.*\n/, "")
    .replace("roles: [operator]", "roles: []");

  async function withLess(): Promise<void> {
    await applied(shop);
    await admin.createTopics({ waitForLeaders: true, topics: [{ topic: "theirs.one" }] });
    await admin.createTopics({ waitForLeaders: true, topics: [{ topic: "__internal" }] });
    await grant(foreignAcl);
    writeFileSync(file, less);
  }

  it("happen only when asked for", async () => {
    await withLess();
    const before = await readCluster(admin);
    const { code, out } = await access("apply");
    expect(code).toBe(0);
    expect(out).toMatch(/Not in the file and left alone \(--delete deletes them\): topics journal and \d+ ACLs of its/);
    expect(await readCluster(admin)).toEqual(before);
  });

  it("take what the file no longer has, and nothing that others own", async () => {
    await withLess();
    const { code, out } = await access("apply", "--delete");
    expect(code).toBe(0);
    expect(out).toContain("  - journal  1 partition, replication 1, 0 records\n");
    expect(await topicNames()).toEqual(["orders", "orders.stock.dlt", "theirs.one"]);
    const { acls } = await readCluster(admin);
    expect(acls).toContainEqual(foreignAcl);
    const ada = acls.filter(({ principal }) => principal === "User:ada").map(({ operation }) => operation);
    expect(ada.sort()).toEqual(["ALTER", "WRITE"]);
    // Nobody in the file is called keeper any more: its ACLs are foreign now.
    expect(acls.some(({ principal }) => principal === "User:keeper")).toBe(true);
    expect((await access("plan", "--include-unchanged")).out).toMatch(/foreign.*: User:keeper, User:somebody-else\./);
    expect(await admin.listTopics()).toContain("__internal");
  });

  it("take the ACLs of a principal that has left the file when it is named", async () => {
    await withLess();
    const refused = await access("plan", "--target", "User:keper");
    expect(refused).toMatchObject({ code: 2, err: expect.stringContaining("--target User:keper: has to be a topic") });
    const offer = "To delete those of a principal: --delete --target PRINCIPAL.\n";
    expect(await access("plan", "--delete")).toMatchObject({ code: 0, out: expect.stringContaining(offer) });
    const { code, out } = await access("apply", "--delete", "--target", "User:keeper");
    expect([code, out]).toEqual([
      0,
      expect.stringMatching(/\n {2}- User:keeper {2}User:keeper may WRITE topic journal\n/),
    ]);
    const holders = new Set((await readCluster(admin)).acls.map(({ principal }) => principal));
    expect([...holders].sort()).toEqual(["User:ada", "User:somebody-else", "User:stock", "User:till"]);
    expect(await topicNames()).toContain("journal");
  });

  it("keep to the targets, of which then nothing is left", async () => {
    await withLess();
    const { code, err } = await access("apply", "--delete", "--target", "journal");
    expect(code, err).toBe(0);
    expect(await topicNames()).toEqual(["orders", "orders.stock.dlt", "theirs.one"]);
    const ada = (await readCluster(admin)).acls.filter(({ principal }) => principal === "User:ada");
    expect(ada.some(({ resourceType }) => resourceType === "CLUSTER")).toBe(true);
  });

  it("of a topic that holds records need --yes", async () => {
    await withLess();
    await produce("journal");
    const refused = await access("apply", "--delete");
    expect(refused).toMatchObject({ code: 2, err: expect.stringContaining("journal (2); --yes deletes them") });
    expect(await topicNames()).toContain("journal");
    expect(await access("apply", "--delete", "--yes")).toMatchObject({ code: 0 });
    expect(await topicNames()).not.toContain("journal");
  });
});

describe("a plan file", () => {
  it("is applied as it was reviewed", async () => {
    writeFileSync(file, shop);
    expect(await access("plan", "-o", planFile)).toMatchObject({ code: 0 });
    expect(await access("apply", "-p", planFile)).toMatchObject({ code: 0 });
    expect(await access("drift")).toMatchObject({ code: 0 });
  });

  it("is refused when the cluster is not as it was", async () => {
    writeFileSync(file, shop);
    await access("plan", "-o", planFile);
    await admin.createTopics({ waitForLeaders: true, topics: [{ topic: "orders", numPartitions: 1 }] });
    const { code, err } = await access("apply", "-p", planFile);
    expect([code, err]).toEqual([
      2,
      expect.stringMatching(/is stale, nothing was applied: the cluster is not as it was.*orders/),
    ]);
    expect(await topicNames()).toEqual(["orders"]);
  });

  it("is refused when the access file has changed, but not for a comment", async () => {
    writeFileSync(file, shop);
    await access("plan", "-o", planFile);
    writeFileSync(file, shop.replace("partitions: 3", "partitions: 4"));
    const { code, err } = await access("apply", "-p", planFile);
    expect([code, err]).toEqual([2, expect.stringMatching(/access\.yaml differs from when it was planned/)]);
    expect(await topicNames()).toEqual([]);
    writeFileSync(file, `# reviewed\n${shop}`);
    expect(await access("apply", "-p", planFile)).toMatchObject({ code: 0 });
  });

  it("is refused on another cluster", async () => {
    writeFileSync(file, shop);
    await access("plan", "-o", planFile);
    const plan = JSON.parse(readFileSync(planFile, "utf8"));
    writeFileSync(planFile, JSON.stringify({ ...plan, plannedFor: { ...plan.plannedFor, clusterId: "another" } }));
    const { code, err } = await access("apply", "-p", planFile);
    expect([code, err]).toEqual([2, expect.stringMatching(/it is for the cluster another/)]);
  });
});

describe("drift", () => {
  it.each([
    ["a topic that was deleted", () => admin.deleteTopics({ topics: ["journal"] }), "  + journal"],
    ["a topic that was made by hand", () => admin.createTopics({ topics: [{ topic: "by-hand" }] }), "  - by-hand"],
    [
      "partitions that were added by hand",
      () => admin.createPartitions({ topicPartitions: [{ topic: "journal", count: 2 }] }),
      "    ~ partitions 2 → 1\n",
    ],
    [
      "an ACL that was added by hand",
      () => grant({ ...foreignAcl, principal: "User:till" }),
      "  - till  User:till may ALL topic orders\n",
    ],
  ])("exits 1 for %s", async (_, change, line) => {
    await applied(shop);
    await change();
    await vi.waitFor(
      async () => {
        const { code, out } = await access("drift");
        expect([code, out]).toEqual([1, expect.stringContaining(line)]);
      },
      { timeout: 10_000 },
    );
  });

  it("exits 0 for what others have", async () => {
    await applied(shop);
    await admin.createTopics({ waitForLeaders: true, topics: [{ topic: "theirs.one" }] });
    await grant(foreignAcl);
    expect(await access("drift")).toMatchObject({ code: 0 });
  });
});

describe("import", () => {
  it("writes a file of what is there; a plan of it shows no change", async () => {
    await applied(shop);
    await grant(
      foreignAcl,
      { ...foreignAcl, principal: "User:CN=billing,OU=shop", patternType: "PREFIXED" },
      { ...foreignAcl, principal: "User:*", operation: "DESCRIBE" },
    );
    const { code, out, err } = await access("import");
    expect([code, err]).toEqual([0, expect.stringMatching(/\nACLs of User:\* are left out: no service or user can/)]);
    writeFileSync(file, out);
    expect((await access("plan")).out).toMatch(/^No changes: 3 topics and \d+ ACLs are as the file says\.\n$/);
    const imported = parseAccess(out, file);
    expect(
      imported.services.map(({ name, groupId, produces, consumes }) => [name, groupId, produces, consumes]),
    ).toEqual(
      expect.arrayContaining([
        ["till", "till", ["orders"], []],
        ["stock", "stock-group", ["orders.stock.dlt"], ["orders"]],
        ["keeper", "keeper", ["journal"], ["journal"]],
      ]),
    );
    expect(imported.users).toEqual(
      expect.arrayContaining([{ name: "ada", principal: "User:ada", roles: ["operator"] }]),
    );
    expect(imported.topics.find(({ name }) => name === "orders")?.configs).toEqual({ "retention.ms": "86400000" });
  });

  it("overwrites no file", async () => {
    writeFileSync(file, shop);
    const { code, err } = await access("import", "-o", file);
    expect([code, err]).toEqual([2, expect.stringContaining("access.yaml: is there already")]);
    expect(readFileSync(file, "utf8")).toBe(shop);
  });
});

describe("on MSK", () => {
  const secret = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:AmazonMSK_admin";
  const msk = () => ["--bootstrap-servers", broker.address, "--auth", "scram", "--secret", secret];

  it("ACLs are applied and topics only reported", async () => {
    writeFileSync(file, shop);
    const { code, out, err } = await access("apply", ...msk());
    expect(code).toBe(0);
    expect(err).toContain("(MSK: CloudFormation owns the topics");
    expect(out).toMatch(/Only reported:\n.*\n {2}\+ orders .*To apply:\nACLs\n {2}\+ till/s);
    expect(await topicNames()).toEqual([]);
    expect((await readCluster(admin)).acls).toContainEqual(expect.objectContaining({ principal: "User:till" }));
    expect(await access("drift", ...msk())).toMatchObject({ code: 1, out: expect.stringContaining("  + orders  3") });
    expect((await access("plan", ...msk())).out).toMatch(/No changes: 0 topics and \d+ ACLs are as the file says\.\n$/);
  });

  it("no topic is deleted, and what a topic cannot be or holds keeps no ACL back", async () => {
    await applied(shop);
    await admin.createTopics({ waitForLeaders: true, topics: [{ topic: "kept" }] });
    await produce("kept");
    writeFileSync(file, shop.replace("partitions: 3", "partitions: 2").replace("roles: [operator]", "roles: [reader]"));
    const { code, out } = await access("apply", "--delete", ...msk());
    expect([code, out]).toEqual([0, expect.stringContaining("  - kept  1 partition, replication 1, 2 records\n")]);
    expect(await topicNames()).toContain("kept");
    const ada = (await readCluster(admin)).acls.filter(({ principal }) => principal === "User:ada");
    expect(ada).toContainEqual(expect.objectContaining({ resourceType: "GROUP", operation: "READ" }));
    expect(ada.some(({ resourceType }) => resourceType === "CLUSTER")).toBe(false);
  });
});

describe("on a local backbone", () => {
  it("topics have at most as many copies as it has brokers, also where it is named by its file", async () => {
    const cache = mkdtempSync(join(tmpdir(), "access-cache-"));
    const { clientFile: localFile } = createRunFolder(cache, undefined);
    writeFileSync(localFile, clientProperties(broker));
    writeFileSync(file, "topics: { orders: { partitions: 1, replication: 3, configs: { min.insync.replicas: 2 } } }");
    const plan = { out: expect.stringContaining("  + orders  1 partition, replication 1\n"), code: 0 };

    expect(await runHere(["plan", "-f", file], { BACKBONE_CACHE_DIR: cache })).toMatchObject(plan);
    expect(await runHere(["plan", "-f", file, "-c", localFile], { BACKBONE_CACHE_DIR: cache })).toMatchObject(plan);
  });
});
