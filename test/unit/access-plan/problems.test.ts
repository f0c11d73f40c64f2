import { expect, it } from "vitest";
import { fittedTo, problemsOf } from "../../../shared/access-plan/index.ts";
import { clusterTopic, desired } from "./cluster.ts";

const cluster = { clusterId: "c", brokers: 2, topics: [clusterTopic("orders")], acls: [] };
const orders = { name: "orders", partitions: 3, replication: 1, configs: {} };

it.each([
  ["fewer partitions", { ...orders, partitions: 2 }, /topics\.orders\.partitions: must be at least the 3 .*got 2/],
  ["another replication", { ...orders, replication: 2 }, /topics\.orders\.replication: must be the 1 .*got 2/],
  [
    "more copies than brokers",
    { ...orders, name: "new", replication: 3 },
    /topics\.new\.replication: must be at most 2, the cluster's brokers, got 3/,
  ],
  ["an unknown setting", { ...orders, configs: { "retention.mss": "1" } }, /topics\.orders\.configs\.retention\.mss/],
])("names %s", (_, topic, message) => {
  const problems = problemsOf(desired({ topics: [topic] }), cluster);
  expect(problems).toHaveLength(1);
  expect(problems[0]).toMatch(message);
});

it("finds nothing wrong with what is there, nor with more partitions", () => {
  expect(problemsOf(desired({ topics: [orders, { ...orders, partitions: 9 }] }), cluster)).toEqual([]);
});

it("a local cluster gets as many copies as it has brokers", () => {
  const topic = { ...orders, replication: 3, configs: { "min.insync.replicas": "2", "retention.ms": "1" } };
  expect(fittedTo(1, desired({ topics: [topic] })).topics).toEqual([
    { ...orders, replication: 1, configs: { "min.insync.replicas": "1", "retention.ms": "1" } },
  ]);
});
