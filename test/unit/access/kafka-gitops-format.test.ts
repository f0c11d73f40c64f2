import { describe, expect, test } from "vitest";
import { type Access, aclsOf, parseAccess, scramUserNamesOf } from "../../../shared/access/index.ts";
import { problemOf } from "./state.ts";

const format = `
settings:
  topics:
    defaults: { replication: 1 }
    blacklist: { prefixed: [_confluent, legacy.] }
topics:
  clicks: { partitions: 6, configs: { cleanup.policy: compact, segment.bytes: 1000000 } }
  views: { partitions: 6, replication: 3 }
services:
  web:
    type: application
    principal: User:web
    group-id: web-group
    dead-letters: false
    produces: [clicks]
    consumes: [views, legacy.users]
  sinks:
    type: kafka-connect
    principal: User:connect
    group-id: sink-workers
    storage-topics: { config: sink-configs }
    produces: [clicks]
    connectors:
      to-search: { consumes: [views] }
      from-crm: { produces: [clicks] }
  sessions:
    type: kafka-streams
    principal: User:sessions
    application-id: session-counter
    consumes: [clicks]
    produces: [views]
users:
  ops: { principal: User:operations, roles: [operator, writer, reader] }
customServiceAcls:
  web:
    look:
      { name: web., type: TOPIC, pattern: PREFIXED, host: "*", principal: User:web, operation: READ, permission: ALLOW }
customUserAcls:
  ops:
    no-drop: { name: clicks, type: TOPIC, pattern: LITERAL, host: 10.0.0.1, operation: DELETE, permission: DENY }
`;

function aclsFor(access: Access, principal: string): string[] {
  return aclsOf(access)
    .filter((acl) => acl.principal === `User:${principal}`)
    .map(({ permission, operation, resourceType, patternType, resourceName, host }) =>
      [
        ...(permission === "ALLOW" ? [] : [permission]),
        operation,
        resourceType,
        `${resourceName}${patternType === "PREFIXED" ? "…" : ""}`,
        ...(host === "*" ? [] : [`from ${host}`]),
      ].join(" "),
    );
}

describe("a state file of kafka-gitops", () => {
  const access = parseAccess(format, "state.yaml");

  test("is read as it is: topics with defaults, services with principals that are ACLs' , what others own", () => {
    expect(access.topics.map(({ name, partitions, replication }) => [name, partitions, replication])).toEqual([
      ["clicks", 6, 1],
      ["views", 6, 3],
    ]);
    expect(access.services.map(({ name, auth, principal, groupId }) => [name, auth, principal, groupId])).toEqual([
      ["web", "scram", "User:web", "web-group"],
      ["sinks", "scram", "User:connect", "sink-workers"],
      ["sessions", "scram", "User:sessions", "session-counter"],
    ]);
    expect(access.blacklistPrefixes).toEqual([
      "_confluent",
      "legacy.",
      "sink-configs",
      "connect-offsets-sinks",
      "connect-status-sinks",
      "session-counter-",
    ]);
    expect(scramUserNamesOf(access)).toEqual(["web", "connect", "sessions", "operations"]);
  });

  test("gives an application its topics, its group and its custom ACLs", () => {
    expect(aclsFor(access, "web")).toEqual([
      "WRITE TOPIC clicks",
      "DESCRIBE TOPIC clicks",
      "READ TOPIC views",
      "DESCRIBE TOPIC views",
      "READ TOPIC legacy.users",
      "DESCRIBE TOPIC legacy.users",
      "READ GROUP web-group",
      "READ TOPIC web.…",
    ]);
  });

  test("gives a kafka-connect cluster its storage, the group of its workers, and its connectors' topics and groups", () => {
    expect(aclsFor(access, "connect")).toEqual([
      "WRITE TOPIC clicks",
      "READ TOPIC sink-configs",
      "WRITE TOPIC sink-configs",
      "READ TOPIC connect-offsets-sinks",
      "WRITE TOPIC connect-offsets-sinks",
      "READ TOPIC connect-status-sinks",
      "WRITE TOPIC connect-status-sinks",
      "READ GROUP sink-workers",
      "READ TOPIC views",
      "READ GROUP connect-to-search",
    ]);
  });

  test("gives a kafka-streams application its topics, and all that begins with its application id", () => {
    expect(aclsFor(access, "sessions")).toEqual([
      "WRITE TOPIC views",
      "READ TOPIC clicks",
      "READ TOPIC session-counter…",
      "WRITE TOPIC session-counter…",
      "DESCRIBE TOPIC session-counter…",
      "DELETE TOPIC session-counter…",
      "CREATE TOPIC session-counter…",
      "ALTER TOPIC session-counter…",
      "ALTER_CONFIGS TOPIC session-counter…",
      "DESCRIBE_CONFIGS TOPIC session-counter…",
      "READ GROUP session-counter",
      "DESCRIBE GROUP session-counter",
      "DELETE GROUP session-counter",
      "DESCRIBE_CONFIGS CLUSTER kafka-cluster",
      "DESCRIBE TRANSACTIONAL_ID session-counter…",
      "WRITE TRANSACTIONAL_ID session-counter…",
    ]);
  });

  test("gives a user what its roles allow, each once, and its custom ACLs", () => {
    expect(aclsFor(access, "operations")).toEqual([
      "DESCRIBE CLUSTER kafka-cluster",
      "DESCRIBE TOPIC *",
      "DESCRIBE_CONFIGS TOPIC *",
      "READ GROUP *",
      "DESCRIBE GROUP *",
      "WRITE TOPIC *",
      "READ TOPIC *",
      "DENY DELETE TOPIC clicks from 10.0.0.1",
    ]);
  });

  test("adds DESCRIBE on the topics of connectors and streams if its settings ask for it", () => {
    const asked = format.replace("settings:", "settings:\n  services: { acls: { describeTopicEnabled: true } }");
    const describing = parseAccess(asked, "state.yaml");

    expect(aclsFor(describing, "connect").filter((line) => line.startsWith("DESCRIBE TOPIC"))).toEqual([
      "DESCRIBE TOPIC clicks",
      "DESCRIBE TOPIC views",
    ]);
    expect(aclsFor(describing, "sessions")).toEqual(
      expect.arrayContaining(["DESCRIBE TOPIC clicks", "DESCRIBE TOPIC views"]),
    );
  });

  test("may leave all topics to others, and use one principal for several services", () => {
    const access = parseAccess(
      `
services:
  reader: { type: application, principal: User:shared, consumes: [anything] }
  writer: { type: application, principal: User:shared, produces: [anything] }
`,
      "state.yaml",
    );

    expect(aclsFor(access, "shared")).toEqual([
      "READ TOPIC anything",
      "DESCRIBE TOPIC anything",
      "READ GROUP reader",
      "WRITE TOPIC anything",
    ]);
    expect(scramUserNamesOf(access)).toEqual(["shared"]);
  });
});

test.each([
  [
    "a connector that names a topic of nobody",
    "to-search: { consumes: [views] }",
    "to-search: { consumes: [view] }",
    "services.sinks.connectors.to-search.consumes.0: must be a topic of this file (clicks, views), or begin as those of " +
      "others do (_confluent, legacy., sink-configs, connect-offsets-sinks, connect-status-sinks, session-counter-), got 'view'",
  ],
  [
    "a key of another service type",
    "    application-id: session-counter",
    "    group-id: session-counter",
    "services.sessions.group-id: unknown key, must be type or owner or description or principal or auth or produces or " +
      "consumes or application-id",
  ],
  [
    "an application id that other topics begin with",
    "application-id: session-counter",
    "application-id: click",
    "services.sessions.application-id: 'click' must not be what the topic 'clicks' begins with, since the service may " +
      "delete topics, and write in transactions, whose names begin so",
  ],
  [
    "two connectors in one group",
    "group-id: web-group",
    "group-id: connect-to-search",
    "services.sinks.connectors.to-search: the group 'connect-to-search' is already that of services.web.group-id",
  ],
  ["a role that there is not", "[operator, writer, reader]", "[root]", "must be writer or reader or operator"],
  ["a host that is no text", "host: 10.0.0.1", "host: [10.0.0.1]", "no-drop.host: must be text"],
])("%s is refused", (_, original, replacement, message) => {
  expect(format).toContain(original);

  expect(problemOf(format.replace(original, replacement))).toContain(message);
});

describe("the application id of a kafka-streams service", () => {
  const others = `
topics:
  pay-changelog: { partitions: 1 }
  order-by-day-changelog: { partitions: 1 }
services:
  c: { type: application, consumes: [pay-changelog] }
  order-status: { type: kafka-streams, auth: scram }
  c1: { type: kafka-connect }
  till: { type: application, auth: scram }
customServiceAcls:
  till: { tx: { name: till-tx, type: TRANSACTIONAL_ID, pattern: PREFIXED, operation: WRITE, permission: ALLOW } }
  order-status: { tx: { name: order-status, type: TRANSACTIONAL_ID, pattern: PREFIXED, operation: WRITE, permission: ALLOW } }
`;
  const withId = (id: string) =>
    others.replace("services:\n", `services:\n  s: { type: kafka-streams, application-id: ${id} }\n`);

  test.each([
    ["pay-changelog", "the topic 'pay-changelog'"],
    ["pay-changelog.c", "the dead-letter topic 'pay-changelog.c.dlt'"],
    ["order-stat", "the application id of order-status, 'order-status'"],
    ["order-stat", "the transactional id of order-status, 'order-status'"],
    ["connect", "the storage topic of c1, 'connect-configs-c1'"],
    ["till", "the transactional id of till, 'till-tx'"],
  ])("%s is refused: it begins %s", (id, other) => {
    expect(problemOf(withId(id))).toContain(
      `services.s.application-id: '${id}' must not be what ${other} begins with, since the service may delete topics, ` +
        "and write in transactions, whose names begin so",
    );
  });

  test.each(["produces", "consumes"])("is refused if it begins a topic of others that a service %s", (list) => {
    const services = `{ order: { type: kafka-streams }, shop: { type: application, ${list}: [order-events] } }`;

    expect(problemOf(`services: ${services}`)).toContain(
      "services.order.application-id: 'order' must not be what the topic 'order-events' begins with",
    );
  });

  test("is taken if nothing but its internal topics begins so", () => {
    expect(problemOf(withId("order-by-d"))).toContain("the topic 'order-by-day-changelog'");
    expect(parseAccess(withId("order-by"), "state.yaml").services).toHaveLength(5);
  });
});
