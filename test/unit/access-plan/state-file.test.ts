import { describe, expect, it } from "vitest";
import { type Acl, parseAccess } from "../../../shared/access/index.ts";
import { desiredStateOf, planOf, stateFileOf, stepsOf } from "../../../shared/access-plan/index.ts";
import { acl, clusterTopic } from "./cluster.ts";

function group(principal: string, resourceName: string): Acl {
  return { ...acl(principal, "READ", resourceName), resourceType: "GROUP" };
}

function imported(acls: readonly Acl[], topics = [clusterTopic("orders")]) {
  const actual = { clusterId: "c", brokers: 3, topics, acls };
  const { text, leftOut } = stateFileOf(actual);
  const access = parseAccess(text, "imported.yaml");
  return { text, leftOut, access, steps: stepsOf(planOf({ desired: desiredStateOf(access), actual })) };
}

describe("stateFileOf", () => {
  it("says of a topic what differs from the defaults, large numbers as they are", () => {
    const { text, steps } = imported(
      [],
      [clusterTopic("orders", { set: { "retention.ms": "9223372036854775807", "cleanup.policy": "delete" } })],
    );
    expect(text).toBe(
      [
        "settings:",
        "  topics:",
        "    defaults:",
        "      replication: 1",
        "topics:",
        "  orders:",
        "    partitions: 3",
        "    configs:",
        '      retention.ms: "9223372036854775807"',
        "",
      ].join("\n"),
    );
    expect(steps.size).toBe(0);
  });

  it("two principals that read in one group do not both get it", () => {
    const readers = ["User:one", "User:two"].flatMap((principal) => [
      acl(principal, "READ"),
      acl(principal, "DESCRIBE"),
      group(principal, "shared"),
    ]);
    const { access, steps } = imported(readers);
    expect(access.services.map(({ name, groupId }) => [name, groupId])).toEqual([["one", "shared"]]);
    expect(access.users.map(({ name }) => name)).toEqual(["two"]);
    expect(steps.size).toBe(0);
  });

  it("a principal with a part of what a service needs is a user with custom ACLs", () => {
    const { access, steps } = imported([acl("User:ada", "WRITE"), { ...acl("User:ada", "READ"), permission: "DENY" }]);
    expect(access.services).toEqual([]);
    expect(access.users).toEqual([{ name: "ada", principal: "User:ada", roles: [] }]);
    expect(steps.size).toBe(0);
  });

  it("gives names that differ to principals that would have the same one", () => {
    const { access, steps } = imported([acl("User:CN=a,O=b", "WRITE"), acl("User:CN=a=O,b", "WRITE")]);
    expect(access.users.map(({ name, principal }) => [name, principal])).toEqual([
      ["CN-a-O-b", "User:CN=a,O=b"],
      ["CN-a-O-b-2", "User:CN=a=O,b"],
    ]);
    expect(steps.size).toBe(0);
  });

  it("says principals with blanks", () => {
    const { access, leftOut } = imported([acl("User:CN=Order Service,O=Acme Corp", "READ")]);
    expect(access.users).toEqual([
      { name: "CN-Order-Service-O-Acme-Corp", principal: "User:CN=Order Service,O=Acme Corp", roles: [] },
    ]);
    expect(leftOut).toEqual([]);
  });

  it.each([
    ["User:*", "users.-.principal: must be 'User:<name>'"],
    ["Group:all", "must be 'User:<name>', got \"Group:all\""],
  ])("leaves out %s, which no file can name", (principal, why) => {
    const { leftOut, access, steps } = imported([acl(principal, "READ"), acl("User:ada", "READ")]);
    expect(leftOut).toEqual([expect.stringContaining(why)]);
    expect(leftOut[0]?.startsWith(`ACLs of ${principal} are left out: users.`)).toBe(true);
    expect(access.users.map(({ name }) => name)).toEqual(["ada"]);
    expect(steps.size).toBe(0);
  });

  it("gives principals that make no name of their own one", () => {
    const principals = ["User:..", "User:constructor", `User:${"a".repeat(250)}`];
    const { access, leftOut, steps } = imported(principals.map((principal) => acl(principal, "READ")));
    expect(access.users.map(({ name, principal }) => [name, principal])).toEqual([
      ["principal", principals[0]],
      ["principal-2", principals[1]],
      ["principal-3", principals[2]],
    ]);
    expect([leftOut, steps.size]).toEqual([[], 0]);
  });

  it.each<[string, Partial<Acl>, RegExp]>([
    ["a group that would be a variable", { resourceType: "GROUP", resourceName: `\${foo}` }, /must use a variable/],
    ["a host that never matches", { host: "10.0.0.0/8" }, /host: must be '\*' or an IP address/],
    ["an operation that there is not", { operation: "CLUSTER_ACTION" }, /operation: must be READ or .* on a TOPIC/],
  ])("leaves out a principal with an ACL on %s", (_, strange, why) => {
    const { leftOut, access, steps } = imported([
      { ...acl("User:bob", "READ"), ...strange },
      acl("User:bob", "WRITE"),
      acl("User:ada", "READ"),
    ]);
    expect(leftOut).toEqual([expect.stringMatching(/^ACLs of User:bob are left out: /)]);
    expect(leftOut[0]).toMatch(why);
    expect(access.users.map(({ name }) => name)).toEqual(["ada"]);
    expect(steps.size).toBe(0);
  });

  it("puts a topic that no file can say under the blacklist", () => {
    const { leftOut, access, steps } = imported(
      [acl("User:ada", "WRITE", "prototype")],
      [clusterTopic("orders"), clusterTopic("prototype"), clusterTopic("prototype-2")],
    );
    expect(leftOut).toEqual([
      expect.stringMatching(
        /^topic prototype, and every other undeclared one that begins so, is left out: topics\.prototype: must have another/,
      ),
    ]);
    expect(access.topics.map(({ name }) => name)).toEqual(["orders", "prototype-2"]);
    expect(access.blacklistPrefixes).toEqual(["prototype"]);
    expect(steps.size).toBe(0);
  });

  it("a topic that demands more copies in sync than it has is one of these", () => {
    const { leftOut, access, steps } = imported(
      [],
      [clusterTopic("orders", { set: { "min.insync.replicas": "2" } }), clusterTopic("journal")],
    );
    expect(leftOut).toEqual([expect.stringMatching(/^topic orders, .* is left out: .*must be 1 to 1, .* got 2$/)]);
    expect([access.topics.map(({ name }) => name), steps.size]).toEqual([["journal"], 0]);
  });

  it("leaves a vendor's settings alone", () => {
    const { leftOut, access, steps } = imported(
      [],
      [clusterTopic("orders", { set: { "confluent.tier.enable": "true", "retention.ms": "1000" } })],
    );
    expect(leftOut).toEqual(["confluent.tier.enable of topic orders is left out: no topic setting of Kafka"]);
    expect(access.topics[0]?.configs).toEqual({ "retention.ms": "1000" });
    expect(steps.size).toBe(0);
  });

  it("an empty cluster gives a file too", () => {
    const { text, access, steps } = imported([], []);
    expect(text).toContain("topics: {}");
    expect([access.topics, access.services, steps.size]).toEqual([[], [], 0]);
  });
});
