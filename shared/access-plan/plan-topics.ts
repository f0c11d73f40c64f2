import { isTopicSetting, type Topic } from "../access/index.ts";
import type {
  Action,
  ClusterConfig,
  ClusterTopic,
  DesiredState,
  TopicConfigPlan,
  TopicDetailsPlan,
  TopicPlan,
} from "./model.ts";
import { sameConfigValue } from "./same-config-value.ts";

/** Settings with which a reassignment of replicas slows itself down: its own business, as long as it runs. */
const transientConfigs: ReadonlySet<string> = new Set([
  "leader.replication.throttled.replicas",
  "follower.replication.throttled.replicas",
]);

/**
 * What makes the topics of a cluster those of the file, in the file's order, and after them those that the file does not
 * name (REMOVE), unless their prefix is foreign.
 */
export function planTopics(desired: DesiredState, actual: readonly ClusterTopic[]): TopicPlan[] {
  const present = new Map(actual.map((topic) => [topic.name, topic]));
  const declared = new Set(desired.topics.map(({ name }) => name));
  return [
    ...desired.topics.map((topic) => {
      const there = present.get(topic.name);
      return there === undefined ? added(topic) : compared(topic, there);
    }),
    ...actual
      .filter(({ name }) => !declared.has(name) && !desired.foreignPrefixes.some((prefix) => name.startsWith(prefix)))
      .map(removed),
  ];
}

function added({ name, partitions, replication, configs }: Topic): TopicPlan {
  return {
    name,
    action: "ADD",
    topicDetailsPlan: {
      partitions,
      previousPartitions: null,
      partitionsAction: "ADD",
      replication,
      previousReplication: null,
      replicationAction: "ADD",
    },
    topicConfigPlans: Object.entries(configs).map(([key, value]) => ({
      key,
      value,
      previousValue: null,
      action: "ADD",
    })),
  };
}

function removed({ name, partitions, replication }: ClusterTopic): TopicPlan {
  return {
    name,
    action: "REMOVE",
    topicDetailsPlan: {
      partitions: null,
      previousPartitions: partitions,
      partitionsAction: "REMOVE",
      replication: null,
      previousReplication: replication,
      replicationAction: "REMOVE",
    },
    topicConfigPlans: [],
  };
}

function compared(topic: Topic, there: ClusterTopic): TopicPlan {
  const partitionsAction = topic.partitions === there.partitions ? "NO_CHANGE" : "UPDATE";
  const replicationAction = topic.replication === there.replication ? "NO_CHANGE" : "UPDATE";
  const topicConfigPlans = planConfigs(topic.configs, there.configs);
  const topicDetailsPlan = {
    partitions: topic.partitions,
    previousPartitions: there.partitions,
    partitionsAction,
    replication: topic.replication,
    previousReplication: there.replication,
    replicationAction,
  } as const;
  return { name: topic.name, action: actionOn(topicDetailsPlan, topicConfigPlans), topicDetailsPlan, topicConfigPlans };
}

/** What is done to a topic that is there and stays. */
export function actionOn(
  { partitionsAction, replicationAction }: TopicDetailsPlan,
  configs: readonly TopicConfigPlan[],
): Action {
  const all = [partitionsAction, replicationAction, ...configs.map(({ action }) => action)];
  return all.every((action) => action === "NO_CHANGE") ? "NO_CHANGE" : "UPDATE";
}

/**
 * Compares what is in force. A setting of the file that is the brokers' default anyway is no difference, and neither is
 * one on the topic that the file does not have but that only repeats the default: setting either would change nothing.
 */
function planConfigs(wanted: Topic["configs"], there: ReadonlyMap<string, ClusterConfig>): TopicConfigPlan[] {
  const named = Object.entries(wanted).map(([key, value]): TopicConfigPlan => {
    const config = there.get(key);
    if (config !== undefined && sameConfigValue(config.value, value)) {
      return { key, value, previousValue: config.value, action: "NO_CHANGE" };
    }
    return { key, value, previousValue: config?.value ?? null, action: config?.isSet ? "UPDATE" : "ADD" };
  });
  const unnamed = [...there].filter(([key, config]) => !(key in wanted) && isOverride(key, config));
  return [
    ...named,
    ...unnamed.map(
      ([key, { value }]): TopicConfigPlan => ({ key, value: null, previousValue: value, action: "REMOVE" }),
    ),
  ];
}

/** What is none of Kafka's settings but a vendor's, no file can name: it is left alone. */
function isOverride(key: string, config: ClusterConfig): boolean {
  return isTopicSetting(key) && differs(key, config);
}

function differs(key: string, { isSet, value, defaultValue }: ClusterConfig): boolean {
  return isSet && !transientConfigs.has(key) && !(defaultValue !== undefined && sameConfigValue(value, defaultValue));
}

/** The settings of a topic, by name, that differ from the brokers' defaults: what a state file has to say of it. */
export function overridesOf({ configs }: ClusterTopic): Record<string, string> {
  return Object.fromEntries(
    [...configs].filter(([key, config]) => isOverride(key, config)).map(([key, { value }]) => [key, value]),
  );
}

/** Names of those settings that no state file can say: a vendor's. */
export function foreignSettingsOf({ configs }: ClusterTopic): string[] {
  return [...configs].filter(([key, config]) => differs(key, config) && !isTopicSetting(key)).map(([key]) => key);
}

/**
 * All settings that a topic has to have on itself after its plan is carried out. Kafka's AlterConfigs takes the whole
 * set and forgets what is not in it: what is there and in nobody's plan is therefore named again.
 */
export function configsAfter({ topicConfigPlans }: TopicPlan, there: ClusterTopic): Map<string, string> {
  const configs = new Map([...there.configs].filter(([, { isSet }]) => isSet).map(([key, { value }]) => [key, value]));
  for (const { key, value, action } of topicConfigPlans) {
    if (action === "REMOVE" || value === null) configs.delete(key);
    else if (action !== "NO_CHANGE") configs.set(key, value);
  }
  return configs;
}
