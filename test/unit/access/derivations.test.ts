import { expect, test } from "vitest";
import { aclsOf, deadLetterTopicsOf, parseAccess, topicsOf } from "../../../shared/access/index.ts";
import { smallAccess } from "./state.ts";

test("each consumed topic has a dead-letter topic for each service that wants one", () => {
  expect(topicsOf(smallAccess()).map(({ name }) => name)).toEqual(["orders", "journal", "orders.stock.dlt"]);
});

test("a dead-letter topic has the size of its source, and keeps what the source would already have dropped", () => {
  expect(topicsOf(smallAccess()).at(-1)).toEqual({
    name: "orders.stock.dlt",
    partitions: 6,
    replication: 2,
    configs: {
      "cleanup.policy": "delete",
      "max.message.bytes": "2162712",
      "message.timestamp.type": "LogAppendTime",
      "min.insync.replicas": "2",
      "retention.ms": "1209600000",
      "segment.ms": "86400000",
    },
    description: "records of orders that stock could not process",
  });
});

test("a dead-letter topic takes what a mapping makes of the source's largest record", () => {
  const access = parseAccess(
    `
topics: { orders: { partitions: 1, configs: { max.message.bytes: 2000000 } } }
services: { stock: { type: application, consumes: [orders] } }
`,
    "access.yaml",
  );

  expect(topicsOf(access).at(-1)?.configs["max.message.bytes"]).toBe("4065536");
});

test("a service without dead letters has no dead-letter topics", () => {
  const access = smallAccess();

  expect(access.services.map((service) => deadLetterTopicsOf(access, service))).toEqual([[], ["orders.stock.dlt"], []]);
});

test("SCRAM services get ACLs for what they produce, consume and are given by hand, IAM services none", () => {
  const acls = aclsOf(smallAccess());

  expect(new Set(acls.map(({ principal, permission }) => `${principal} ${permission}`))).toEqual(
    new Set(["User:journal-keeper ALLOW"]),
  );
  expect(
    acls.map(({ operation, resourceType, patternType, resourceName }) =>
      [operation, resourceType, patternType, resourceName].join(" "),
    ),
  ).toEqual([
    "WRITE TOPIC LITERAL journal",
    "DESCRIBE TOPIC LITERAL journal",
    "READ TOPIC LITERAL journal",
    "READ TOPIC LITERAL orders",
    "DESCRIBE TOPIC LITERAL orders",
    "READ GROUP LITERAL keepers",
    "READ GROUP PREFIXED keepers-",
  ]);
});

test("the user of a mapping may do what Lambda asks of it: read its topics as their groups, look at the cluster, write dead letters", () => {
  const access = parseAccess(
    `
topics: { orders: { partitions: 1 }, returns: { partitions: 1 } }
services: { stock: { type: application, auth: scram, event-source-mapping: true, consumes: [orders, returns] } }
`,
    "access.yaml",
  );

  const acls = aclsOf(access);

  expect(acls.every(({ principal }) => principal === "User:stock")).toBe(true);
  expect(
    acls.map(({ operation, resourceType, resourceName }) => `${operation} ${resourceType} ${resourceName}`),
  ).toEqual([
    "WRITE TOPIC orders.stock.dlt",
    "DESCRIBE TOPIC orders.stock.dlt",
    "WRITE TOPIC returns.stock.dlt",
    "DESCRIBE TOPIC returns.stock.dlt",
    "READ TOPIC orders",
    "DESCRIBE TOPIC orders",
    "READ TOPIC returns",
    "DESCRIBE TOPIC returns",
    "READ GROUP stock.orders",
    "READ GROUP stock.returns",
    "DESCRIBE_CONFIGS CLUSTER kafka-cluster",
  ]);
});

test("a service that redrives may read every dead-letter topic in groups of its own, and write to what they are of", () => {
  const access = parseAccess(
    `
topics: { orders: { partitions: 1 }, payments: { partitions: 1 }, journal: { partitions: 1 } }
services:
  stock: { type: application, consumes: [orders] }
  billing: { type: application, consumes: [orders, payments] }
  keeper: { type: application, dead-letters: false, consumes: [journal] }
  operators: { type: application, auth: scram, redrives: true }
`,
    "access.yaml",
  );

  const lines = aclsOf(access).map(({ principal, operation, resourceName }) =>
    [principal, operation, resourceName].join(" "),
  );

  expect(lines).toEqual(
    [
      ...["orders.stock.dlt", "orders.billing.dlt", "payments.billing.dlt"].map((name) => ["READ", name]),
      ...["orders", "payments"].map((name) => ["WRITE", name]),
    ]
      .flatMap(([operation, name]) => [`User:operators ${operation} ${name}`, `User:operators DESCRIBE ${name}`])
      .concat("User:operators READ dead-letters-", "User:operators DELETE dead-letters-"),
  );
});

test("a SCRAM service with dead letters may write them", () => {
  const access = parseAccess(
    `
topics: { orders: { partitions: 1 } }
services: { stock: { type: application, auth: scram, consumes: [orders] } }
`,
    "access.yaml",
  );

  expect(aclsOf(access)).toContainEqual({
    principal: "User:stock",
    host: "*",
    resourceType: "TOPIC",
    resourceName: "orders.stock.dlt",
    patternType: "LITERAL",
    operation: "WRITE",
    permission: "ALLOW",
  });
});
