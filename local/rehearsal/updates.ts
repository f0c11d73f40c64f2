import { Size } from "aws-cdk-lib";
import { RetentionDays } from "aws-cdk-lib/aws-logs";
import type { BackboneOptions } from "../../infra/backbone.ts";
import type { Topic } from "../../shared/access/index.ts";

/** A deployment that changes what runs, and is to lose nothing of it. */
export interface Update {
  readonly name: string;
  /** What it changes, for the report. */
  readonly changes: readonly string[];
  readonly apply: (options: BackboneOptions) => BackboneOptions;
}

/**
 * What teams change in the life of a backbone. Several updates, because MSK changes one attribute of a cluster at a time,
 * and of a topic either partitions or settings.
 */
export const updates: readonly Update[] = [
  {
    name: "settings",
    changes: [
      "50 GiB more a broker",
      "one more task of the registry",
      "larger batches",
      "logs kept for a year",
      "twice the partitions of order-events",
    ],
    apply: ({ config, access }) => ({
      config: {
        ...config,
        cluster: { ...config.cluster, brokerVolume: larger(config.cluster.brokerVolume) },
        registry: { ...config.registry, tasks: config.registry.tasks + 1 },
        inventory: { ...config.inventory, batchSize: config.inventory.batchSize + 10 },
        logRetention: RetentionDays.ONE_YEAR,
      },
      access: {
        ...access,
        topics: access.topics.map((topic) => (topic.name === "order-events" ? repartitioned(topic) : topic)),
      },
    }),
  },
  {
    name: "brokers",
    changes: ["three more brokers", "twice the retention of order-events"],
    apply: ({ config, access }) => ({
      config: { ...config, cluster: { ...config.cluster, brokers: config.cluster.brokers + 3 } },
      access: {
        ...access,
        topics: access.topics.map((topic) => (topic.name === "order-events" ? keptTwiceAsLong(topic) : topic)),
      },
    }),
  },
  {
    name: "kafka",
    changes: ["Kafka's next version"],
    apply: ({ config, access }) => ({
      config: { ...config, cluster: { ...config.cluster, kafkaVersion: nextAfter(config.cluster.kafkaVersion) } },
      access,
    }),
  },
];

/**
 * The options after every update up to the one of that name.
 * @param name undefined for the options as they are
 */
export function updatedTo(name: string | undefined, options: BackboneOptions): BackboneOptions {
  const count = name === undefined ? 0 : updates.findIndex((update) => update.name === name) + 1;
  return updates.slice(0, count).reduce((changed, { apply }) => apply(changed), options);
}

/** @throws Error for Express brokers, which have no disks: none of the project's stages has them */
function larger(volume: Size | undefined): Size {
  if (volume === undefined) throw new Error("the stage's brokers have no disks");
  return Size.gibibytes(volume.toGibibytes() + 50);
}

function repartitioned(topic: Topic): Topic {
  return { ...topic, partitions: topic.partitions * 2 };
}

function keptTwiceAsLong(topic: Topic): Topic {
  const retention = Number(topic.configs["retention.ms"]) * 2;
  return { ...topic, configs: { ...topic.configs, "retention.ms": String(retention) } };
}

/**
 * The minor version after that one, whether or not MSK has it yet: what a rehearsal shows is the same.
 * @throws Error for a version that is written otherwise than MSK's with KRaft
 */
function nextAfter(version: string): string {
  const [, major, minor, rest] = /^(\d+)\.(\d+)(\..+)$/.exec(version) ?? [];
  if (minor === undefined) throw new Error(`kafkaVersion: must be like 4.1.x.kraft, got ${JSON.stringify(version)}`);
  return `${major}.${Number(minor) + 1}${rest}`;
}
