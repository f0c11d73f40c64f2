import { Size, Stack } from "aws-cdk-lib";
import { Vpc } from "aws-cdk-lib/aws-ec2";
import { RetentionDays } from "aws-cdk-lib/aws-logs";
import { expect, test } from "vitest";
import { KafkaTopics } from "../../infra/constructs/kafka-topics.ts";
import { MskCluster } from "../../infra/constructs/msk-cluster.ts";
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

test("more copies than brokers are refused", () => {
  const stack = new Stack(appWithoutBundling(), "small");
  const cluster = new MskCluster(stack, "Kafka", {
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
  });

  expect(
    () =>
      new KafkaTopics(stack, "Topics", {
        cluster,
        topics: [{ name: "orders", partitions: 1, replication: 3, configs: {} }],
      }),
  ).toThrow("topic orders: replication must be at most 2, the cluster's brokers, got 3");
});
