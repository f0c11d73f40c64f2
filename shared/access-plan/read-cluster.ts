import kafkajs, { type Admin, type ConfigEntries } from "kafkajs";
import { internalPrefix } from "../access/index.ts";
import { readBrokerDefaults } from "./broker-defaults.ts";
import { readAcls } from "./kafka-acls.ts";
import type { ClusterConfig, ClusterState, ClusterTopic } from "./model.ts";

// Node finds only some of the names that this CommonJS package exports.
const { ConfigResourceTypes, ConfigSource } = kafkajs;

/**
 * What the cluster has: topics with their settings, and ACLs unless they are not asked for. Kafka's internal topics are
 * left out.
 */
export async function readCluster(admin: Admin, { acls: withAcls = true } = {}): Promise<ClusterState> {
  const { clusterId, brokers } = await admin.describeCluster();
  const defaults = await readBrokerDefaults(admin, brokers[0]?.nodeId ?? 0);
  const [topics, acls] = await Promise.all([readTopics(admin, defaults), withAcls ? readAcls(admin) : []]);
  return { clusterId, brokers: brokers.length, topics, acls };
}

async function readTopics(admin: Admin, defaults: ReadonlyMap<string, string>): Promise<ClusterTopic[]> {
  const { topics } = await admin.fetchTopicMetadata();
  const names = topics
    .map(({ name }) => name)
    .filter((name) => !name.startsWith(internalPrefix))
    .sort();
  if (names.length === 0) return [];
  const { resources } = await admin.describeConfigs({
    // Synonyms: the values that would be in force, one behind the other.
    includeSynonyms: true,
    resources: names.map((name) => ({ type: ConfigResourceTypes.TOPIC, name })),
  });
  const configs = new Map(
    resources.map((resource) => [resource.resourceName, configsOf(resource.configEntries, defaults)]),
  );
  const partitionsOf = new Map(topics.map(({ name, partitions }) => [name, partitions]));
  return names.map((name) => ({
    name,
    partitions: partitionsOf.get(name)?.length ?? 0,
    replication: Math.max(...(partitionsOf.get(name) ?? []).map(({ replicas }) => replicas.length)),
    configs: configs.get(name) ?? new Map<string, ClusterConfig>(),
  }));
}

function configsOf(
  entries: readonly ConfigEntries[],
  defaults: ReadonlyMap<string, string>,
): Map<string, ClusterConfig> {
  return new Map(
    entries.map(({ configName, configValue, configSource, configSynonyms }) => [
      configName,
      {
        // A list that is empty comes as null.
        value: configValue ?? "",
        defaultValue:
          configSynonyms.find((synonym) => synonym.configSource !== ConfigSource.TOPIC_CONFIG)?.configValue ??
          defaults.get(configName),
        isSet: configSource === ConfigSource.TOPIC_CONFIG,
      },
    ]),
  );
}

/** Offsets between start and end of each topic, summed over its partitions; 0 is a topic that holds nothing. */
export async function countRecords(admin: Admin, topics: readonly string[]): Promise<Map<string, bigint>> {
  const counts = new Map<string, bigint>();
  for (const topic of topics) {
    const offsets = await admin.fetchTopicOffsets(topic);
    counts.set(
      topic,
      offsets.reduce((sum, { high, low }) => sum + BigInt(high) - BigInt(low), 0n),
    );
  }
  return counts;
}
