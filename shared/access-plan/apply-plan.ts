import kafkajs, { type Admin } from "kafkajs";
import { BackboneError } from "../errors.ts";
import { toKafkajsAcl } from "./kafka-acls.ts";
import type { ClusterState, ClusterTopic, Plan, TopicPlan } from "./model.ts";
import { aclOf, isDeletion } from "./plan.ts";
import { configsAfter } from "./plan-topics.ts";

const { ConfigResourceTypes } = kafkajs;

/**
 * Lets the brokers check every topic that the plan makes or changes, without a change.
 *
 * @throws BackboneError INVALID_OPTIONS naming each topic that they refuse, with Kafka's reason
 */
export async function checkWithBrokers(admin: Admin, plan: Plan, actual: ClusterState): Promise<void> {
  const refusals: string[] = [];
  for (const step of topicSteps(plan, actual)) {
    try {
      await step.run(admin, true);
    } catch (error) {
      refusals.push(`${step.refused}: ${reasonOf(error)}`);
    }
  }
  if (refusals.length > 0) {
    throw new BackboneError("INVALID_OPTIONS", `the cluster refuses, nothing was applied: ${refusals.join("; ")}`);
  }
}

/**
 * Carries the plan out, creations before deletions. Each step is whole by itself and a step that is done is no part of
 * the next plan, so an attempt that is cut short is completed by planning and applying again.
 *
 * @param plan of this state; what it does to topics that hold records is for the caller to have asked about
 * @param done told of each step once the cluster has taken it
 * @throws BackboneError KAFKA_UNAVAILABLE naming the step that failed; those before it are done
 */
export async function applyPlan(
  admin: Admin,
  plan: Plan,
  actual: ClusterState,
  done: (step: string) => void,
): Promise<void> {
  for (const { name, run } of [...topicSteps(plan, actual), ...aclSteps(plan), ...topicDeletions(plan)]) {
    try {
      await run(admin, false);
    } catch (cause) {
      throw new BackboneError("KAFKA_UNAVAILABLE", `${name} failed: ${reasonOf(cause)}; run it again`, { cause });
    }
    done(name);
  }
}

interface Step {
  readonly name: string;
  /** What a refusal of it is said of. */
  readonly refused: string;
  run(admin: Admin, validateOnly: boolean): Promise<unknown>;
}

function topicSteps({ topicPlans }: Plan, { topics }: ClusterState): Step[] {
  return topicPlans.flatMap((topic) => {
    if (topic.action === "ADD") return [creation(topic)];
    const there = topics.find(({ name }) => name === topic.name);
    return topic.action === "UPDATE" && there !== undefined ? changes(topic, there) : [];
  });
}

function creation({ name, topicDetailsPlan: { partitions, replication }, topicConfigPlans }: TopicPlan): Step {
  const configEntries = topicConfigPlans.map(({ key, value }) => ({ name: key, value: value ?? "" }));
  const topic = {
    topic: name,
    numPartitions: partitions ?? 1,
    replicationFactor: replication ?? 1,
    configEntries,
  };
  return {
    name: `create topic ${name}`,
    refused: `topics.${name} (${shown(topicConfigPlans)})`,
    run: (admin, validateOnly) =>
      admin.createTopics({ topics: [topic], validateOnly, waitForLeaders: !validateOnly, timeout: 10_000 }),
  };
}

function changes(topic: TopicPlan, there: ClusterTopic): Step[] {
  const { name, topicDetailsPlan: details, topicConfigPlans } = topic;
  const count = details.partitions ?? 1;
  const changed = topicConfigPlans.filter(({ action }) => action !== "NO_CHANGE");
  const configEntries = [...configsAfter(topic, there)].map(([key, value]) => ({ name: key, value }));
  return [
    ...(details.partitionsAction === "UPDATE"
      ? [
          {
            name: `add partitions to topic ${name}`,
            refused: `topics.${name}.partitions`,
            run: (admin: Admin, validateOnly: boolean) =>
              admin.createPartitions({ topicPartitions: [{ topic: name, count }], validateOnly, timeout: 10_000 }),
          },
        ]
      : []),
    ...(changed.length > 0
      ? [
          {
            name: `change settings of topic ${name}`,
            refused: `topics.${name}.configs (${shown(changed)})`,
            run: (admin: Admin, validateOnly: boolean) =>
              admin.alterConfigs({
                validateOnly,
                resources: [{ type: ConfigResourceTypes.TOPIC, name, configEntries }],
              }),
          },
        ]
      : []),
  ];
}

function aclSteps({ aclPlans }: Plan): Step[] {
  const added = aclPlans.filter(({ action }) => action === "ADD").map(aclOf);
  const removed = aclPlans.filter(isDeletion).map(aclOf);
  return [
    ...(added.length > 0
      ? [
          {
            name: `create ${added.length} ACLs`,
            refused: "ACLs",
            run: (admin: Admin) => admin.createAcls({ acl: added.map(toKafkajsAcl) }),
          },
        ]
      : []),
    ...(removed.length > 0
      ? [
          {
            name: `delete ${removed.length} ACLs`,
            refused: "ACLs",
            run: (admin: Admin) => admin.deleteAcls({ filters: removed.map(toKafkajsAcl) }),
          },
        ]
      : []),
  ];
}

function topicDeletions({ topicPlans }: Plan): Step[] {
  return topicPlans.filter(isDeletion).map(({ name }) => ({
    name: `delete topic ${name}`,
    refused: `topic ${name}`,
    run: (admin) => admin.deleteTopics({ topics: [name], timeout: 10_000 }),
  }));
}

function shown(configs: TopicPlan["topicConfigPlans"]): string {
  return configs.map(({ key, value }) => `${key}=${value ?? "the default"}`).join(", ") || "no settings";
}

/** Kafka's own words: kafkajs wraps them once or twice. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if ("errors" in error && Array.isArray(error.errors)) return error.errors.map(reasonOf).join(", ");
  return "type" in error && typeof error.type === "string" ? `${error.type}: ${error.message}` : error.message;
}
