import type { Topic } from "../access/index.ts";
import type { ClusterState, ClusterTopic, DesiredState } from "./model.ts";

/** What the file asks of the topics and the cluster cannot give, each with its path in the file. */
export function problemsOf({ topics }: DesiredState, { topics: present, brokers }: ClusterState): string[] {
  const knownConfigs = new Set(present[0]?.configs.keys());
  return topics.flatMap((topic) => {
    const there = present.find(({ name }) => name === topic.name);
    return [
      ...(there === undefined ? [] : unchangeable(topic, there)),
      ...tooManyCopies(topic, brokers, there),
      ...unknownConfigs(topic, knownConfigs),
    ];
  });
}

function unchangeable({ name, partitions, replication }: Topic, there: ClusterTopic): string[] {
  return [
    ...(partitions < there.partitions
      ? [`topics.${name}.partitions: must be at least the ${there.partitions} that it has, got ${partitions}`]
      : []),
    ...(replication !== there.replication
      ? [
          `topics.${name}.replication: must be the ${there.replication} that it has, got ${replication}; replicas are moved by a reassignment (kafka-reassign-partitions)`,
        ]
      : []),
  ];
}

function tooManyCopies({ name, replication }: Topic, brokers: number, there: ClusterTopic | undefined): string[] {
  return replication > brokers && replication !== there?.replication
    ? [`topics.${name}.replication: must be at most ${brokers}, the cluster's brokers, got ${replication}`]
    : [];
}

/** Every topic has every setting, so any topic knows them all; without one, the broker's own check says less. */
function unknownConfigs({ name, configs }: Topic, known: ReadonlySet<string>): string[] {
  return known.size === 0
    ? []
    : Object.keys(configs)
        .filter((key) => !known.has(key))
        .map((key) => `topics.${name}.configs.${key}: is no setting of a topic on this cluster`);
}
