import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parseAccess, readAccess } from "../../../shared/access/index.ts";
import { problemOf, refusalOf, smallAccess, smallState } from "./state.ts";

test("settings, principals and groups get their defaults", () => {
  const { topics, services } = smallAccess();

  expect(topics).toEqual([
    {
      name: "orders",
      partitions: 6,
      replication: 2,
      configs: { "min.insync.replicas": "2", "retention.ms": "604800000" },
    },
    { name: "journal", partitions: 1, replication: 3, configs: {} },
  ]);
  expect(services[1]).toEqual({
    name: "stock",
    type: "application",
    principal: "User:stock",
    groupId: "stock",
    mapped: true,
    auth: "iam",
    deadLetters: true,
    redrives: false,
    produces: [],
    consumes: ["orders"],
    connectors: [],
    storageTopics: [],
  });
  expect(services[2]).toMatchObject({ principal: "User:journal-keeper", groupId: "keepers", auth: "scram" });
});

test("three copies are kept of a topic where nothing else is said", () => {
  expect(parseAccess("topics: { orders: { partitions: 1 } }", "access.yaml").topics[0]?.replication).toBe(3);
});

test.each([
  ["", "nothing"],
  ["# topics come later\n", "nothing"],
  ["null", "nothing"],
  ["settings: {}\nvariables: { default: { days: 7 } }", "only settings, variables"],
])("a file without any section is refused, since all that a cluster has could be deleted for it: %j", (text, got) => {
  expect(problemOf(text)).toBe(
    "access.yaml: the file: must have topics or services or users, empty ones as {} or in a file that settings.files " +
      `names, got ${got}`,
  );
});

test("an empty section says that there is nothing", () => {
  expect(parseAccess("topics: {}", "access.yaml")).toEqual({
    topics: [],
    services: [],
    users: [],
    customAcls: [],
    blacklistPrefixes: [],
    describesTopics: false,
  });
});

test.each([
  ["- topics", "list"],
  ["topics", "text"],
  ["42", "number"],
])("%j at the top is refused by its kind", (text, kind) => {
  expect(problemOf(text)).toBe(`access.yaml: the file: must be a mapping, got a ${kind}`);
});

test("a file that cannot be read is named with the reason", () => {
  const missing = join(import.meta.dirname, "missing.yaml");
  const folder = import.meta.dirname;

  expect(refusalOf(() => readAccess(missing))).toBe(
    `cannot read the access file ${missing}: there is no such file or folder`,
  );
  expect(refusalOf(() => readAccess(folder))).toBe(`cannot read the access file ${folder}: it is a folder`);
});

test("a file of other bytes than text is refused without them", () => {
  const file = join(mkdtempSync(join(tmpdir(), "access-")), "access.yaml");
  writeFileSync(file, Buffer.from([0x74, 0xff, 0xfe, 0x00, 0x81]));

  expect(refusalOf(() => readAccess(file))).toBe(
    `cannot read the access file ${file}: must be YAML in UTF-8, got other bytes`,
  );
});

test("every wrong place is named at once, with its path, its value and what is allowed", () => {
  const problem = problemOf(`
topics:
  orders: { partitions: 0, replicas: 3, configs: { retention.ms: [1] } }
  "what?": { partitions: 1 }
services:
  shop: { type: application, auth: mtls, produces: orders }
  stock: { consumes: [orders] }
  lost: { type: kafka-stream }
  nothing:
users:
  ops: { principal: ops, roles: [admin] }
unknown: {}
`);

  expect(problem.split(/; |: (?=topics)/)).toEqual([
    "access.yaml",
    "topics.orders.partitions: must be an integer of at least 1, got 0",
    "topics.orders.configs.retention.ms: must be text, a number or a boolean, got [1]",
    "topics.orders.replicas: unknown key, must be owner or description or partitions or replication or configs",
    `topics.what?: must be 1 to 249 of a-z, A-Z, 0-9, '.', '_' and '-', got "what?"`,
    'services.shop.auth: must be iam or scram, got "mtls"',
    'services.shop.produces: must be a list of topics, got "orders"',
    "services.stock.type: missing, must be application or kafka-connect or kafka-streams",
    'services.lost.type: must be application or kafka-connect or kafka-streams, got "kafka-stream"',
    "services.nothing: must be a mapping, got null",
    "users.ops.principal: must be 'User:<name>', got \"ops\"",
    'users.ops.roles.0: must be writer or reader or operator, got "admin"',
    "unknown: unknown key, must be settings or variables or topics or services or users or customServiceAcls or " +
      "customUserAcls",
  ]);
});

test.each([
  [
    "a topic that nobody declared",
    "produces: [orders]",
    "produces: [order]",
    /services\.shop\.produces\.0: must be a topic of this file \(orders, journal\), got 'order'/,
  ],
  [
    "a topic named twice",
    "produces: [orders]",
    "produces: [orders, orders]",
    /services\.shop\.produces\.1: 'orders' is named twice/,
  ],
  [
    "a second service in a group",
    "group-id: keepers",
    "group-id: stock.orders",
    /services\.keeper\.group-id: the group 'stock\.orders' is already that of services\.stock\.group-id/,
  ],
  [
    "a principal that is no user",
    "User:journal-keeper",
    "Group:all",
    /services\.keeper\.principal: must be 'User:<name>', got "Group:all"/,
  ],
  [
    "more in-sync replicas than copies",
    "min.insync.replicas: 2",
    "min.insync.replicas: 3",
    /topics\.orders\.configs\.min\.insync\.replicas: must be 1 to 2, .* got 3/,
  ],
  [
    "a setting of two lines",
    "retention.ms: 604800000",
    'retention.ms: "1\\n2"',
    /topics\.orders\.configs\.retention\.ms: must be an integer of -1 to 9223372036854775807, got "1\\n2"/,
  ],
  [
    "topics that Kafka cannot tell apart",
    "journal:",
    "a.b: { partitions: 1 }\n  a_b: { partitions: 1 }\n  journal:",
    /'a_b' clashes with 'a\.b'/,
  ],
  [
    "a declared topic with the name of a derived one",
    "journal:",
    "orders.stock.dlt: { partitions: 1 }\n  journal:",
    /topics: 'orders\.stock\.dlt', the dead-letter topic of stock, clashes with 'orders\.stock\.dlt'/,
  ],
  [
    "a demand of in-sync replicas that is no number",
    "min.insync.replicas: 2",
    "min.insync.replicas: most",
    /topics\.orders\.configs\.min\.insync\.replicas: must be an integer of 1 to 2147483647, got "most"/,
  ],
  [
    "a name of Kafka's own",
    "journal:",
    "__mine: { partitions: 1 }\n  journal:",
    /topics\.__mine: must not begin with __/,
  ],
  [
    "a name that comes twice, once as a number",
    "journal:",
    '1: { partitions: 1 }\n  "1": { partitions: 2 }\n  journal:',
    /topics\.1: must stand once, comes again at line \d+, column 3/,
  ],
  [
    "an ACL on a cluster by another name than Kafka's",
    "customServiceAcls:\n  keeper:",
    "customServiceAcls:\n  keeper:\n    all: { name: mine, type: CLUSTER, pattern: LITERAL, operation: ALTER, permission: ALLOW }",
    /customServiceAcls\.keeper: the name of a CLUSTER must be kafka-cluster, got 'mine'/,
  ],
  [
    "a setting that Kafka's topics do not have",
    "retention.ms: 604800000",
    "retentions.ms: 604800000",
    /topics\.orders\.configs\.retentions\.ms: is no topic setting of Kafka/,
  ],
  [
    "ACLs of a user that there is not",
    "customServiceAcls:\n  keeper:",
    "customUserAcls:\n  keeper:",
    /customUserAcls\.keeper: must be a user of this file \(there is none\), got 'keeper'/,
  ],
  [
    "ACLs of a service that has none",
    "customServiceAcls:\n  keeper:",
    "customServiceAcls:\n  shop:",
    /customServiceAcls\.shop: must be a service of this file with auth scram \(keeper\), got 'shop'/,
  ],
  [
    "an unknown operation",
    "operation: READ",
    "operation: PEEK",
    /customServiceAcls\.keeper\.own-groups\.operation: must be READ or .* got "PEEK"/,
  ],
  [
    "an operation that groups do not have",
    "operation: READ, permission",
    "operation: CREATE, permission",
    /customServiceAcls\.keeper\.own-groups\.operation: must be READ or DELETE or .* on a GROUP, got "CREATE"/,
  ],
  [
    "a ban of what groups do not have",
    "operation: READ, permission: ALLOW",
    "operation: WRITE, permission: DENY",
    /customServiceAcls\.keeper\.own-groups\.operation: must be READ or DELETE or .* on a GROUP, got "WRITE"/,
  ],
  [
    "a host that is a range",
    "permission: ALLOW",
    "permission: ALLOW, host: 10.0.0.0/8",
    /own-groups\.host: must be '\*' or an IP address, neither a name nor a range, .* got "10\.0\.0\.0\/8"/,
  ],
  [
    "a host that is a name",
    "permission: ALLOW",
    "permission: ALLOW, host: batch-1",
    /own-groups\.host: must be .*, got "batch-1"/,
  ],
  ...["2001:db8::1", "2001:DB8:0:0:0:0:0:1", "2001:0db8:0:0:0:0:0:1", "::ffff:10.0.0.1"].map(
    (host): [string, string, string, RegExp] => [
      `the host ${host}, which brokers write otherwise`,
      "permission: ALLOW",
      `permission: ALLOW, host: '${host}'`,
      new RegExp(`own-groups\\.host: must be .*, got "${host}"`),
    ],
  ),
  [
    "an ACL on a topic that cannot be",
    "name: keepers-, type: GROUP, pattern: PREFIXED",
    "name: keepers*, type: TOPIC, pattern: LITERAL",
    /own-groups\.name: must be '\*' or the name of a topic, 1 to 249 .* got "keepers\*"/,
  ],
  [
    "an ACL on topics that cannot be",
    "name: keepers-, type: GROUP",
    "name: keepers*, type: TOPIC",
    /own-groups\.name: must be what names of topics begin with, 1 to 249 .* got "keepers\*"/,
  ],
  [
    "a compacted topic with remote storage",
    "retention.ms: 604800000",
    "remote.storage.enable: true\n      cleanup.policy: delete,compact",
    /topics\.orders\.configs\.cleanup\.policy: must be delete beside remote\.storage\.enable=true, got delete,compact/,
  ],
  [
    "a key written twice",
    "  journal:",
    "  orders: { partitions: 1 }\n  journal:",
    /topics\.orders: must stand once, comes again at line \d+, column 3/,
  ],
  [
    "a key written twice in a setting that has a tag",
    "retention.ms: 604800000",
    "!!str retention.ms: 1\n      retention.ms: 2",
    /topics\.orders\.configs\.retention\.ms: must stand once, comes again at line \d+, column 7/,
  ],
  [
    "a second document",
    "customServiceAcls:",
    "---\ncustomServiceAcls:",
    /the file: must be one document, another begins at line \d+/,
  ],
  ["a key that is a list", "journal:", "? [journal]\n  :", /keys must be text, got another one at line \d+/],
])("%s is refused", (_, original, replacement, message) => {
  expect(smallState).toContain(original);

  expect(problemOf(smallState.replace(original, replacement))).toMatch(message);
});

test("a dead-letter topic whose name grows too long is refused", () => {
  const topic = "t".repeat(240);

  expect(
    problemOf(`
topics: { ${topic}: { partitions: 1 } }
services: { stock: { type: application, consumes: [${topic}] } }
`),
  ).toContain(`the dead-letter topic '${topic}.stock.dlt' must have at most 249 characters, got 250`);
});

test("principals may be the names of certificates and workloads", () => {
  const access = parseAccess(
    'services: { shop: { type: application, principal: "User:CN=Order Service,O=Acme Corp" } }\nusers: { a: { principal: User:CN=*.example.com }, b: { principal: User:spiffe://x/y } }',
    "access.yaml",
  );

  expect([...access.services, ...access.users].map(({ principal }) => principal)).toEqual([
    "User:CN=Order Service,O=Acme Corp",
    "User:CN=*.example.com",
    "User:spiffe://x/y",
  ]);
});

test.each(["User:", "User: a", "User:a ", "User:*", "Group:a", "User:a\\nb"])(
  "the principal %j is refused",
  (principal) => {
    expect(problemOf(`users: { a: { principal: "${principal}" } }`)).toContain(
      "users.a.principal: must be 'User:<name>'",
    );
  },
);

test.each([
  ["10.0.0.1", "TOPIC", "*", "LITERAL", "ALL"],
  ["'2001:db8:0:0:0:0:0:1'", "TOPIC", "orders", "LITERAL", "READ"],
  ["'*'", "TOPIC", "or", "PREFIXED", "ALTER_CONFIGS"],
  ["'*'", "GROUP", "any name at all", "LITERAL", "DELETE"],
  ["'*'", "CLUSTER", "kafka-cluster", "LITERAL", "READ"], // DESCRIBE with it
  ["'*'", "CLUSTER", "kafka-cluster", "LITERAL", "IDEMPOTENT_WRITE"],
  ["'*'", "TRANSACTIONAL_ID", "pay-", "PREFIXED", "WRITE"],
])("an ACL from %s on a %s %s that is %s may %s", (host, type, name, pattern, operation) => {
  const acl = `{ host: ${host}, type: ${type}, name: "${name}", pattern: ${pattern}, operation: ${operation}, permission: ALLOW }`;

  expect(
    parseAccess(`users: { a: {} }\ncustomUserAcls: { a: { one: ${acl} } }`, "access.yaml").customAcls,
  ).toHaveLength(1);
});

test("a name that is written as a number keeps its digits", () => {
  expect(parseAccess("topics: { 1.10: { partitions: 1 } }", "access.yaml").topics[0]?.name).toBe("1.10");
});

test.each(["__proto__", "constructor", "prototype"])("the name %s, which would be passed over, is refused", (name) => {
  expect(
    problemOf(`topics: { ${name}: { partitions: 1 } }\ncustomServiceAcls: { shop: { ${name}: { name: a } } }`),
  ).toBe(
    `access.yaml: topics.${name}: must have another name than __proto__, constructor, prototype, got "${name}"; ` +
      `customServiceAcls.shop.${name}: must have another name than __proto__, constructor, prototype, got "${name}"`,
  );
});
