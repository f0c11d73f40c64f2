import { Size, Stack } from "aws-cdk-lib";
import { Template } from "aws-cdk-lib/assertions";
import { Vpc } from "aws-cdk-lib/aws-ec2";
import { RetentionDays } from "aws-cdk-lib/aws-logs";
import { expect, test } from "vitest";
import { KafkaTopics } from "../../infra/constructs/kafka-topics.ts";
import { MskCluster, type MskClusterProps } from "../../infra/constructs/msk-cluster.ts";
import type { Topic } from "../../shared/access/index.ts";
import { appWithoutBundling, prodTemplates } from "./backbone.ts";

const { access } = prodTemplates();

test("the access file's topics and their dead-letter topics are the cluster's", () => {
  const topics = Object.values(access.findResources("AWS::MSK::Topic")).map(({ Properties }) => [
    Properties.TopicName,
    Properties.PartitionCount,
    Properties.ReplicationFactor,
    Buffer.from(Properties.Configs, "base64").toString(),
  ]);

  expect(topics).toEqual([
    ["order-events", 6, 3, "cleanup.policy=delete\nmin.insync.replicas=2\nretention.ms=604800000\nsegment.ms=86400000"],
    [
      "inventory-events",
      6,
      3,
      "cleanup.policy=delete\nmin.insync.replicas=2\nretention.ms=604800000\nsegment.ms=86400000",
    ],
    ["kafkasql-journal", 1, 3, "cleanup.policy=delete\nmin.insync.replicas=2\nretention.bytes=-1\nretention.ms=-1"],
    ["kafkasql-snapshots", 1, 3, "cleanup.policy=delete\nmin.insync.replicas=2\nretention.bytes=-1\nretention.ms=-1"],
    ["registry-events", 1, 3, "cleanup.policy=delete\nmin.insync.replicas=2\nretention.ms=604800000"],
    ["dead-letter-actions", 1, 3, "cleanup.policy=delete\nmin.insync.replicas=2\nretention.ms=31536000000"],
    [
      "order-events.inventory.dlt",
      6,
      3,
      "cleanup.policy=delete\nmax.message.bytes=2162712\nmessage.timestamp.type=LogAppendTime\nmin.insync.replicas=2\nretention.ms=1209600000\nsegment.ms=86400000",
    ],
    ...["order-events.order-status.dlt", "inventory-events.order-status.dlt"].map((name) => [
      name,
      6,
      3,
      "cleanup.policy=delete\nmax.message.bytes=2162712\nmessage.timestamp.type=LogAppendTime\nmin.insync.replicas=2\nretention.ms=1209600000\nsegment.ms=86400000",
    ]),
  ]);
});

test("a topic that leaves the access file keeps its records", () => {
  access.allResources("AWS::MSK::Topic", {
    DeletionPolicy: "RetainExceptOnCreate",
    UpdateReplacePolicy: "Retain",
  });
});

/** A cluster of two brokers with a topic, and the settings that the topic is made with. */
function settingsOn(cluster: Partial<MskClusterProps>, topic: Partial<Topic>): string[] {
  const stack = new Stack(appWithoutBundling(), "small");
  new KafkaTopics(stack, "Topics", {
    cluster: new MskCluster(stack, "Kafka", {
      clusterName: "small",
      kafkaVersion: "4.1.x.kraft",
      instanceType: "kafka.m7g.large",
      brokers: 2,
      brokerVolume: Size.gibibytes(10),
      vpc: Vpc.fromVpcAttributes(stack, "Vpc", {
        vpcId: "vpc-1",
        availabilityZones: ["a", "b"],
        privateSubnetIds: ["subnet-1", "subnet-2"],
      }),
      scramUsers: [],
      logRetention: RetentionDays.ONE_DAY,
      ...cluster,
    }),
    topics: [{ name: "orders", partitions: 1, replication: 2, configs: {}, ...topic }],
  });
  const [made] = Object.values(Template.fromStack(stack).findResources("AWS::MSK::Topic"));
  return Buffer.from(made?.Properties.Configs, "base64").toString().split("\n");
}

test("more copies than brokers are refused", () => {
  expect(() => settingsOn({}, { replication: 3 })).toThrow(
    "topic orders: replication must be at most 2, the cluster's brokers, got 3",
  );
});

test("remote storage of a topic needs a cluster that has it", () => {
  const configs = { "remote.storage.enable": "true", "local.retention.ms": "1", "retention.ms": "2" };

  expect(() => settingsOn({}, { configs })).toThrow(
    "topic orders: remote.* and local.retention.* need a cluster with tieredStorage: true, " +
      "got remote.storage.enable=true, local.retention.ms=1",
  );
  expect(settingsOn({ tieredStorage: true }, { configs })).toContain("remote.storage.enable=true");
});

test("a topic may say that it has no remote storage, as by a variable of the stage", () => {
  const configs = { "remote.storage.enable": "false", "local.retention.ms": "3600000" };

  expect(settingsOn({}, { configs })).toEqual(["remote.storage.enable=false", "local.retention.ms=3600000"]);
});
