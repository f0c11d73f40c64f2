import { describe, expect, it } from "vitest";
import type { Plan } from "../../../shared/access-plan/index.ts";
import {
  parsePlanFile,
  planFileText,
  planOf,
  planText,
  stepsOf,
  withoutDeletions,
} from "../../../shared/access-plan/index.ts";
import { acl, clusterTopic, desired } from "./cluster.ts";

const state = desired({
  topics: [
    { name: "new", partitions: 1, replication: 1, configs: { "retention.ms": "1" } },
    { name: "grows", partitions: 6, replication: 1, configs: { "retention.ms": "1", "cleanup.policy": "compact" } },
    { name: "stays", partitions: 3, replication: 1, configs: {} },
  ],
  acls: [acl("User:shop", "READ", "new")],
  principals: new Map([["User:shop", { names: ["shop"], isOwn: true }]]),
});
const cluster = {
  clusterId: "c",
  brokers: 1,
  topics: [clusterTopic("grows"), clusterTopic("old"), clusterTopic("stays")],
  acls: [acl("User:shop", "WRITE", "old")],
};
const plan = planOf({ desired: state, actual: cluster });
const plannedFor = { clusterId: "c", accessSha256: "f", stage: "prod", targets: [], delete: true, skipAcls: false };

describe("planText", () => {
  const text = (part: Plan, includeUnchanged = false) =>
    planText(part, { paint: (_, words) => words, includeUnchanged, records: new Map([["old", 12n]]) });

  it("says what is created, changed and deleted, and counts", () => {
    expect(text(plan)).toBe(
      [
        "Topics",
        "  + new  1 partition, replication 1",
        "    + retention.ms 1",
        "  ~ grows",
        "    ~ partitions 3 → 6  (keys move to other partitions)",
        "    + retention.ms 604800000 → 1",
        "    + cleanup.policy delete → compact",
        "  - old  3 partitions, replication 1, 12 records",
        "ACLs",
        "  + shop  User:shop may READ topic new",
        "  - shop  User:shop may WRITE topic old",
        "Topics: 1 to create, 1 to change, 1 to delete. ACLs: 1 to create, 1 to delete.",
        "",
      ].join("\n"),
    );
  });

  it("names what stays where that is asked for", () => {
    expect(text(plan, true)).toContain("    stays  3 partitions, replication 1\n");
  });

  it("says that nothing changes", () => {
    const unchanged = planOf({
      desired: desired({ topics: [state.topics[2] ?? expect.fail()] }),
      actual: { ...cluster, topics: [clusterTopic("stays")] },
    });
    expect(text(unchanged)).toBe("No changes: 1 topic and 0 ACLs are as the file says.\n");
  });
});

describe("plan file", () => {
  it("is read as it was written", () => {
    expect(parsePlanFile(planFileText(plan, plannedFor), "plan.json")).toEqual({ ...plan, plannedFor });
  });

  it.each([
    ["an empty file", "\n", "got an empty file"],
    ["no JSON", "topics:", "got no JSON"],
    ["a list", "[]", "but topicPlans is missing"],
    ["an empty object", "{}", "but topicPlans is missing"],
    ["a number", "3", "but the whole must be Object, got 3"],
    ["another tool's plan", '{"topicPlans":[],"aclPlans":[]}', "but plannedFor is missing"],
    ["an unknown key", planFileText(plan, plannedFor).replace("{", '{"more":1,'), "but more is an unknown key"],
    [
      "an unknown action",
      planFileText(plan, plannedFor).replace('"REMOVE"', '"PURGE"'),
      'but topicPlans.3.action must be ("ADD" | "UPDATE" | "REMOVE" | "NO_CHANGE"), got "PURGE"',
    ],
  ])("refuses %s", (_, text, problem) => {
    const message = `plan.json: must be the JSON that plan --output writes, ${problem}`;

    expect(() => parsePlanFile(text, "plan.json")).toThrow(
      expect.objectContaining({ code: "INVALID_OPTIONS", message }),
    );
  });
});

describe("stepsOf", () => {
  it("a plan that is carried out half has a part of the steps", () => {
    const [grown] = [clusterTopic("grows", { partitions: 6, set: { "retention.ms": "1" } })];
    const later = planOf({ desired: state, actual: { ...cluster, topics: [grown, ...cluster.topics.slice(1)] } });
    const steps = stepsOf(plan);
    expect(stepsOf(later).size).toBe(steps.size - 2);
    expect([...stepsOf(later).keys()].filter((step) => !steps.has(step))).toEqual([]);
  });

  it("another cluster state gives another step", () => {
    const moved = clusterTopic("grows", { partitions: 4 });
    const topics = [moved, ...cluster.topics.slice(1)];
    const later = planOf({ desired: state, actual: { ...cluster, topics } });
    const unexpected = [...stepsOf(later)].filter(([step]) => !stepsOf(plan).has(step)).map(([, words]) => words);
    expect(unexpected).toEqual(["partitions of topic grows 4 → 6"]);
  });
});

it("without deletions, what would be deleted is kept apart", () => {
  const { plan: safe, kept } = withoutDeletions(plan);
  expect(safe.topicPlans.map(({ name }) => name)).toEqual(["new", "grows", "stays"]);
  expect(safe.aclPlans.map(({ action }) => action)).toEqual(["ADD"]);
  expect([kept.topicPlans.map(({ name }) => name), kept.aclPlans.length]).toEqual([["old"], 1]);
});

it("without deletions, settings that the file does not name stay as they are", () => {
  const set = { "retention.ms": "-1" };
  const topics = [clusterTopic("stays", { set }), clusterTopic("grows", { set: { "min.cleanable.dirty.ratio": "1" } })];
  const all = planOf({ desired: state, actual: { ...cluster, topics } });
  const { plan: safe, kept } = withoutDeletions(all);
  expect(safe.topicPlans.map(({ name, action, topicConfigPlans }) => [name, action, topicConfigPlans.length])).toEqual([
    ["new", "ADD", 1],
    ["grows", "UPDATE", 2],
    ["stays", "NO_CHANGE", 0],
  ]);
  const left = kept.topicPlans.map(({ name, topicConfigPlans }) => [name, ...topicConfigPlans.map(({ key }) => key)]);
  expect(left).toEqual([
    ["grows", "min.cleanable.dirty.ratio"],
    ["stays", "retention.ms"],
  ]);
});
