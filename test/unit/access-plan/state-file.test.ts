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

  it("leaves out principals that no file can name", () => {
    const { leftOut, steps } = imported([acl("User:*", "READ"), acl("User:CN=a b", "READ")]);
    expect(leftOut).toEqual(["User:*", "User:CN=a b"]);
    expect(steps.size).toBe(0);
  });

  it("an empty cluster gives a file too", () => {
    const { text, access, steps } = imported([], []);
    expect(text).toContain("topics: {}");
    expect([access.topics, access.services, steps.size]).toEqual([[], [], 0]);
  });
});
