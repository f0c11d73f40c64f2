import { RemovalPolicy } from "aws-cdk-lib";
import { CfnTopic } from "aws-cdk-lib/aws-msk";
import { Construct } from "constructs";
import type { Topic } from "../../shared/access/index.ts";
import { BackboneError } from "../../shared/errors.ts";
import type { MskCluster } from "./msk-cluster.ts";

export interface KafkaTopicsProps {
  readonly cluster: MskCluster;
  readonly topics: readonly Topic[];
}

/**
 * Topics of a cluster. They are kept when they leave the template: removing a line must not remove the records.
 *
 * More partitions and other settings are updates in place, one of the two a deployment. A new name makes a new topic.
 * Another replication is a replacement, which fails: the new topic is made first, and its name is taken. A topic that
 * comes back into the template fails likewise, unless it is imported.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-msk-topic.html
 */
export class KafkaTopics extends Construct {
  readonly #topics: ReadonlyMap<string, Topic>;

  constructor(scope: Construct, id: string, { cluster, topics }: KafkaTopicsProps) {
    super(scope, id);
    const made = cluster.express ? topics.map(onExpress) : topics;
    this.#topics = new Map(made.map((topic) => [topic.name, topic]));
    for (const topic of made) {
      if (topic.replication > cluster.brokers) {
        throw new BackboneError(
          "INVALID_OPTIONS",
          `topic ${topic.name}: replication must be at most ${cluster.brokers}, the cluster's brokers, got ${topic.replication}`,
        );
      }
      if (!cluster.tieredStorage) refuseRemote(topic);
      new CfnTopic(this, topic.name, {
        clusterArn: cluster.clusterArn,
        topicName: topic.name,
        partitionCount: topic.partitions,
        replicationFactor: topic.replication,
        configs: Buffer.from(propertiesText(topic.configs)).toString("base64"),
      }).applyRemovalPolicy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE);
    }
  }

  /**
   * The topic of that name, with the settings that it is made with.
   *
   * @throws BackboneError INVALID_OPTIONS if there is none
   */
  topic(name: string): Topic {
    const topic = this.#topics.get(name);
    if (topic === undefined) {
      throw new BackboneError(
        "INVALID_OPTIONS",
        `topic: must be one of ${[...this.#topics.keys()].join(", ")}, got '${name}'`,
      );
    }
    return topic;
  }
}

/** https://docs.aws.amazon.com/msk/latest/developerguide/msk-configuration-express-read-write.html#msk-configuration-express-topic-configuration */
const expressSettings: ReadonlySet<string> = new Set([
  "cleanup.policy",
  "compression.type",
  "delete.retention.ms",
  "max.compaction.lag.ms",
  "max.message.bytes",
  "message.timestamp.after.max.ms",
  "message.timestamp.before.max.ms",
  "message.timestamp.type",
  "min.compaction.lag.ms",
  "retention.bytes",
  "retention.ms",
]);

/** What Express brokers do in any case, and do not let be set. */
const expressDoes: Topic["configs"] = { "min.insync.replicas": "2", "unclean.leader.election.enable": "false" };

/**
 * Without what Express brokers do anyway, and without the age at which they begin a segment: that is theirs, and claims live
 * accordingly longer. With anything else than that, or than what they let be set, a topic is refused.
 */
function onExpress(topic: Topic): Topic {
  const { name, replication, configs } = topic;
  const toSet = Object.entries(configs).filter(
    ([setting, value]) => expressDoes[setting] !== value && setting !== "segment.ms",
  );
  const refused = toSet.filter(([setting]) => !expressSettings.has(setting)).map((entry) => entry.join("="));
  if (replication !== 3) refused.unshift(`replication ${replication}`);
  if (refused.length === 0) return { ...topic, configs: Object.fromEntries(toSet) };
  throw new BackboneError(
    "INVALID_OPTIONS",
    `topic ${name}: Express brokers have replication 3 and let ${[...expressSettings].join(", ")} be set, got ${refused.join(", ")}`,
  );
}

/**
 * The brokers of a cluster without tiered storage would refuse it in the middle of a deployment, or take it and never move a
 * segment. What says that nothing is moved is taken, with all that is of no effect then: a variable may say otherwise for
 * another stage.
 */
function refuseRemote({ name, configs }: Topic): void {
  if (/^false$/i.test(configs["remote.storage.enable"] ?? "")) return;
  const remote = Object.entries(configs).filter(
    ([setting, value]) =>
      (/^remote\./.test(setting) && !/^false$/i.test(value)) || (/^local\.retention\./.test(setting) && value !== "-2"),
  );
  if (remote.length === 0) return;
  throw new BackboneError(
    "INVALID_OPTIONS",
    `topic ${name}: remote.* and local.retention.* need a cluster with tieredStorage: true, ` +
      `got ${remote.map((entry) => entry.join("=")).join(", ")}`,
  );
}

function propertiesText(configs: Topic["configs"]): string {
  return Object.entries(configs)
    .map(([name, value]) => `${name}=${value}`)
    .join("\n");
}
