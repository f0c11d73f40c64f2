import { describe, expect, it } from "vitest";
import { configsAfter, planTopics } from "../../../shared/access-plan/plan-topics.ts";
import { clusterTopic, desired } from "./cluster.ts";

const orders = { name: "orders", partitions: 3, replication: 1, configs: {} };

function planned(configs: Record<string, string>, set: Record<string, string>) {
  const [plan] = planTopics(desired({ topics: [{ ...orders, configs }] }), [clusterTopic("orders", { set })]);
  if (plan === undefined) throw new Error("no plan");
  return plan;
}

describe("planTopics", () => {
  it("adds a topic that is not there, with its settings", () => {
    const topic = { ...orders, configs: { "retention.ms": "1000" } };
    expect(planTopics(desired({ topics: [topic] }), [])).toEqual([
      {
        name: "orders",
        action: "ADD",
        topicDetailsPlan: {
          partitions: 3,
          previousPartitions: null,
          partitionsAction: "ADD",
          replication: 1,
          previousReplication: null,
          replicationAction: "ADD",
        },
        topicConfigPlans: [{ key: "retention.ms", value: "1000", previousValue: null, action: "ADD" }],
      },
    ]);
  });

  it("removes a topic that the file does not name, and leaves those of a foreign prefix out of the plan", () => {
    const plans = planTopics(desired({ foreignPrefixes: ["other."] }), [
      clusterTopic("old"),
      clusterTopic("other.one"),
    ]);
    expect(plans.map(({ name, action }) => [name, action])).toEqual([["old", "REMOVE"]]);
  });

  it("a declared topic is planned although its prefix is foreign", () => {
    const plans = planTopics(desired({ topics: [orders], foreignPrefixes: ["ord"] }), []);
    expect(plans.map(({ name, action }) => [name, action])).toEqual([["orders", "ADD"]]);
  });

  it("updates the partitions", () => {
    const [plan] = planTopics(desired({ topics: [{ ...orders, partitions: 6 }] }), [clusterTopic("orders")]);
    expect(plan).toMatchObject({
      action: "UPDATE",
      topicDetailsPlan: { partitions: 6, previousPartitions: 3, partitionsAction: "UPDATE" },
    });
  });

  it("adds, updates and removes settings", () => {
    const plan = planned(
      { "retention.ms": "1", "cleanup.policy": "compact" },
      { "retention.ms": "2", "max.message.bytes": "9" },
    );
    expect(plan.topicConfigPlans).toEqual([
      { key: "retention.ms", value: "1", previousValue: "2", action: "UPDATE" },
      { key: "cleanup.policy", value: "compact", previousValue: "delete", action: "ADD" },
      { key: "max.message.bytes", value: null, previousValue: "9", action: "REMOVE" },
    ]);
  });

  it.each([
    ["a setting of the file that is the brokers' default", { "retention.ms": "604800000" }, {}],
    ["a setting on the topic that repeats the default", {}, { "retention.ms": "604800000" }],
    ["a number in another form", { "min.cleanable.dirty.ratio": "0.50" }, {}],
    ["a list in another order", { "cleanup.policy": "delete, compact" }, { "cleanup.policy": "compact,delete" }],
    ["the throttle of a reassignment", {}, { "leader.replication.throttled.replicas": "0:1" }],
  ])("sees no difference in %s", (_, configs, set) => {
    expect(planned(configs, set).action).toBe("NO_CHANGE");
  });

  it("tells the largest number from its neighbour, which are the same as doubles", () => {
    const plan = planned({ "retention.ms": "9223372036854775807" }, { "retention.ms": "9223372036854775806" });
    expect(plan.action).toBe("UPDATE");
  });
});

describe("configsAfter", () => {
  it("names all that has to be set afterwards, also what is in nobody's plan", () => {
    const there = clusterTopic("orders", {
      set: { "retention.ms": "2", "max.message.bytes": "9", "leader.replication.throttled.replicas": "0:1" },
    });
    const [plan] = planTopics(desired({ topics: [{ ...orders, configs: { "retention.ms": "1" } }] }), [there]);
    if (plan === undefined) throw new Error("no plan");
    expect(Object.fromEntries(configsAfter(plan, there))).toEqual({
      "retention.ms": "1",
      "leader.replication.throttled.replicas": "0:1",
    });
  });
});
