import { join } from "node:path";
import { expect, test } from "vitest";
import { parseAccess, readAccess } from "../../../shared/access/index.ts";
import { BackboneError } from "../../../shared/errors.ts";
import { smallAccess, smallState } from "./state.ts";

function problemOf(text: string): string {
  try {
    parseAccess(text, "access.yaml");
  } catch (error) {
    if (error instanceof BackboneError && error.code === "INVALID_OPTIONS") return error.message;
    throw error;
  }
  throw new Error("the text was accepted");
}

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
    principal: "User:stock",
    groupId: "stock",
    auth: "iam",
    deadLetters: true,
    produces: [],
    consumes: ["orders"],
  });
  expect(services[2]).toMatchObject({ principal: "User:journal-keeper", groupId: "keepers", auth: "scram" });
});

test("three copies are kept of a topic where nothing else is said", () => {
  expect(parseAccess("topics: { orders: { partitions: 1 } }", "access.yaml").topics[0]?.replication).toBe(3);
});

test("an empty file is an access file without topics", () => {
  expect(parseAccess("", "access.yaml")).toEqual({ topics: [], services: [], customAcls: [] });
});

test("a file that is not there is named", () => {
  expect(() => readAccess(join(import.meta.dirname, "missing.yaml"))).toThrow(
    /cannot read the access file .*missing\.yaml/,
  );
});

test("every wrong place is named at once, with its path, its value and what is allowed", () => {
  const problem = problemOf(`
topics:
  orders: { partitions: 0, replicas: 3, configs: { retention.ms: [1] } }
  "what?": { partitions: 1 }
services:
  shop: { type: kafka-connect, auth: mtls, produces: orders }
  stock: { consumes: [orders] }
unknown: {}
`);

  expect(problem.split(/; |: (?=topics)/)).toEqual([
    "access.yaml",
    "topics.orders.partitions: must be an integer of at least 1, got 0",
    "topics.orders.configs.retention.ms: must be text, a number or a boolean, got [1]",
    "topics.orders.replicas: unknown key",
    `topics.what?: must be 1 to 249 of a-z, A-Z, 0-9, '.', '_' and '-', got "what?"`,
    'services.shop.type: must be application, got "kafka-connect"',
    'services.shop.auth: must be iam or scram, got "mtls"',
    "services.shop.produces: must be a list of topics",
    "services.stock.type: missing",
    "unknown: unknown key",
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
    "group-id: stock",
    /services\.keeper\.group-id: 'stock' is already that of services\.stock/,
  ],
  [
    "a second service under a principal",
    "User:journal-keeper",
    "User:shop",
    /services\.keeper\.principal: 'User:shop' is already that of services\.shop/,
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
    /topics\.orders\.configs\.retention\.ms: must be one line/,
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
    /'orders\.stock\.dlt' clashes with 'orders\.stock\.dlt'/,
  ],
  [
    "ACLs of a service that has none",
    "customServiceAcls:\n  keeper:",
    "customServiceAcls:\n  shop:",
    /customServiceAcls\.shop: must be a service of this file with auth scram \(keeper\)/,
  ],
  [
    "an unknown operation",
    "operation: READ",
    "operation: PEEK",
    /customServiceAcls\.keeper\.own-groups\.operation: must be READ or .* got "PEEK"/,
  ],
  [
    "a key written twice",
    "  journal:",
    "  orders: { partitions: 1 }\n  journal:",
    /Map keys must be unique at line \d+/,
  ],
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
