import { Size, Stack } from "aws-cdk-lib";
import { Match, Template } from "aws-cdk-lib/assertions";
import { SecurityGroup } from "aws-cdk-lib/aws-ec2";
import { Key } from "aws-cdk-lib/aws-kms";
import { RetentionDays } from "aws-cdk-lib/aws-logs";
import { describe, expect, test } from "vitest";
import { KafkaTopics } from "../../infra/constructs/kafka-topics.ts";
import { MskCluster, type MskClusterProps } from "../../infra/constructs/msk-cluster.ts";
import { NetworkStack } from "../../infra/stacks/network-stack.ts";
import { prod } from "../../infra/stages/prod.ts";
import type { Topic } from "../../shared/access/index.ts";
import { appWithoutBundling, prodTemplates } from "./backbone.ts";

const standard = {
  kafkaVersion: "4.1.x.kraft",
  instanceType: "kafka.m7g.large",
  brokers: 3,
  brokerVolume: Size.gibibytes(10),
} as const;
const express = { kafkaVersion: "4.2.x.kraft", instanceType: "express.m7g.large", brokers: 3 } as const;

type Settings = Partial<MskClusterProps> & Pick<MskClusterProps, "kafkaVersion" | "instanceType" | "brokers">;

function clusterWith(
  settings: (stack: Stack) => Settings,
  use: (stack: Stack, cluster: MskCluster) => unknown = () => undefined,
): Template {
  const app = appWithoutBundling();
  const stack = new Stack(app, "stack");
  const cluster = new MskCluster(stack, "Kafka", {
    clusterName: "orders",
    vpc: new NetworkStack(app, "network", { config: prod }).vpc,
    scramUsers: [],
    logRetention: RetentionDays.ONE_DAY,
    ...settings(stack),
  });
  use(stack, cluster);
  return Template.fromStack(stack);
}

test("Express brokers get no disks and no settings of replication, which MSK would refuse, and log as others do", () => {
  const template = clusterWith(() => express);

  template.hasResourceProperties("AWS::MSK::Cluster", {
    BrokerNodeGroupInfo: { InstanceType: "express.m7g.large", StorageInfo: Match.absent() },
    LoggingInfo: {
      BrokerLogs: { CloudWatchLogs: { Enabled: true, LogGroup: Match.anyValue() } },
      AuthorizerLogs: { CloudWatchLogs: { Enabled: true, LogGroup: Match.anyValue() } },
    },
    StorageMode: Match.absent(),
  });
  template.hasResourceProperties("AWS::MSK::Configuration", {
    ServerProperties: [
      "auto.create.topics.enable=false",
      "allow.everyone.if.no.acl.found=false",
      "log.retention.ms=604800000",
    ].join("\n"),
  });
});

test("tiered storage is a mode of the cluster", () => {
  clusterWith(() => ({ ...standard, tieredStorage: true })).hasResourceProperties("AWS::MSK::Cluster", {
    StorageMode: "TIERED",
  });
});

test("disks grow to their limit, and never shrink", () => {
  const { cluster } = prodTemplates();

  cluster.hasResourceProperties("AWS::ApplicationAutoScaling::ScalableTarget", {
    ResourceId: { "Fn::GetAtt": [Match.stringLikeRegexp("^KafkaCluster"), "Arn"] },
    ScalableDimension: "kafka:broker-storage:VolumeSize",
    MaxCapacity: 1_024,
  });
  cluster.hasResourceProperties("AWS::ApplicationAutoScaling::ScalingPolicy", {
    TargetTrackingScalingPolicyConfiguration: {
      PredefinedMetricSpecification: { PredefinedMetricType: "KafkaBrokerStorageUtilization" },
      TargetValue: 60,
      DisableScaleIn: true,
    },
  });
});

test("Prometheus may scrape the brokers of prod", () => {
  prodTemplates().cluster.hasResourceProperties("AWS::MSK::Cluster", {
    EnhancedMonitoring: "PER_BROKER",
    OpenMonitoring: {
      Prometheus: { JmxExporter: { EnabledInBroker: true }, NodeExporter: { EnabledInBroker: true } },
    },
  });
});

test("the records' key can be one that is there", () => {
  const key = "arn:aws:kms:eu-central-1:111122223333:key/1";
  const template = clusterWith((stack) => ({ ...standard, dataKey: Key.fromKeyArn(stack, "Data", key) }));

  template.hasResourceProperties("AWS::MSK::Cluster", {
    EncryptionInfo: { EncryptionAtRest: { DataVolumeKMSKeyId: key } },
  });
});

test.each<[string, Settings]>([
  ["kafkaVersion: must be 3.9.x.kraft or 4.2.x.kraft on Express brokers", { ...express, kafkaVersion: "4.1.x.kraft" }],
  ["brokerVolume: must not be set, Express", { ...express, brokerVolume: Size.gibibytes(1) }],
  ["tieredStorage: must not be set, Express", { ...express, tieredStorage: true }],
  ["instanceType: must be a size of the families", { ...standard, instanceType: "kafka.t3.small" }],
  ["instanceType: must be a size of the families", { ...standard, instanceType: "kafka.m7g.24xlarge" }],
  ["instanceType: must be a size of the families", { ...standard, instanceType: "kafka.m7g.3xlarge" }],
  ["instanceType: must be a size of the families", { ...express, instanceType: "express.m5.large" }],
  ["brokers: must be a multiple of 3, the zones, at most 60, got 4", { ...standard, brokers: 4 }],
  ["brokers: must be a multiple of 3, the zones, at most 60, got 63", { ...standard, brokers: 63 }],
  ["kafkaVersion: must be one of KRaft, 3.7.x.kraft or later", { ...standard, kafkaVersion: "3.6.0.kraft" }],
  ["kafkaVersion: must be one of KRaft, 3.7.x.kraft or later", { ...standard, kafkaVersion: "4.1.kraft" }],
  [
    "brokerVolume: must be a whole number from 1 to 16384 GiB, got 1.46484375; brokerVolumeLimit: must be whole GiB",
    { ...standard, brokerVolume: Size.mebibytes(1_500), brokerVolumeLimit: Size.mebibytes(2_500) },
  ],
  [
    "brokerVolumeLimit: must be whole GiB, more than brokerVolume",
    { ...standard, brokerVolumeLimit: Size.gibibytes(10) },
  ],
  [
    "brokerVolumeLimit: must not stand beside tieredStorage",
    { ...standard, brokerVolumeLimit: Size.gibibytes(20), tieredStorage: true },
  ],
])("what MSK would refuse is refused before: %s", (message, settings) => {
  expect(() => clusterWith(() => settings)).toThrow(message);
});

test("standard brokers need a disk", () => {
  const { brokerVolume: _, ...withoutDisk } = standard;

  expect(() => clusterWith(() => withoutDisk)).toThrow(
    "brokerVolume: must be a whole number from 1 to 16384 GiB, got nothing",
  );
});

test("metrics that CloudWatch does not have for MSK are refused", () => {
  const metrics = JSON.parse('"PER_RECORD"');

  expect(() => clusterWith(() => ({ ...standard, metrics }))).toThrow(
    "metrics: must be one of DEFAULT, PER_BROKER, PER_TOPIC_PER_BROKER, PER_TOPIC_PER_PARTITION, got 'PER_RECORD'",
  );
});

const largest = ["kafka.m5.24xlarge", "kafka.m7g.16xlarge"].map((instanceType) => ({ ...standard, instanceType }));

test.each([...largest, { ...express, instanceType: "express.m7g.16xlarge" }])("$instanceType is taken", (settings) => {
  clusterWith(() => settings).resourceCountIs("AWS::MSK::Cluster", 1);
});

describe("topics of Express brokers", () => {
  const topicOn = (settings: Settings, topic: Partial<Topic>) => {
    const configs = { "retention.ms": "1", "min.insync.replicas": "2", "unclean.leader.election.enable": "false" };
    const topics = [{ name: "orders", partitions: 1, replication: 3, configs, ...topic }];
    const template = clusterWith(
      () => settings,
      (stack, cluster) => new KafkaTopics(stack, "Topics", { cluster, topics }),
    );
    const [{ Properties } = { Properties: {} }] = Object.values(template.findResources("AWS::MSK::Topic"));
    return Buffer.from(Properties.Configs, "base64").toString().split("\n");
  };

  test("what the brokers do anyway, and do not let be set, is left out", () => {
    expect(topicOn(express, {})).toEqual(["retention.ms=1"]);
    expect(topicOn(standard, {})).toHaveLength(3);
  });

  test("the age at which a segment begins is theirs, so that the topic has none that claims could rely on", () => {
    const configs = { "retention.ms": "1", "segment.ms": "86400000" };
    expect(topicOn(express, { configs })).toEqual(["retention.ms=1"]);
    expect(topicOn(standard, { configs })).toEqual(["retention.ms=1", "segment.ms=86400000"]);
    clusterWith(
      () => express,
      (stack, cluster) => {
        const topics = new KafkaTopics(stack, "Topics", {
          cluster,
          topics: [{ name: "orders", partitions: 1, replication: 3, configs }],
        });
        expect(topics.topic("orders").configs).toEqual({ "retention.ms": "1" });
      },
    );
  });

  test.each<[Partial<Topic>, string]>([
    [{ configs: { "min.insync.replicas": "1" } }, "got min.insync.replicas=1"],
    [{ configs: { "segment.bytes": "52428800" } }, "got segment.bytes=52428800"],
    [{ replication: 2 }, "got replication 2"],
  ])("%j is refused", (topic, message) => {
    expect(() => topicOn(express, topic)).toThrow(message);
  });
});

test.each([["CN=a,O=b"], ['a"b'], ["a b"], ["Jörg"], ["../a"]])("a SCRAM user called %s is refused", (user) => {
  expect(() => clusterWith(() => ({ ...standard, scramUsers: ["a", user] }))).toThrow(
    expect.objectContaining({
      code: "INVALID_OPTIONS",
      message: `SCRAM users: must be letters, digits, '.', '_' and '-', got ${JSON.stringify(user)}`,
    }),
  );
});

test("more SCRAM users than one association takes are refused", () => {
  const scramUsers = Array.from({ length: 11 }, (_, index) => `user-${index}`);

  expect(() => clusterWith(() => ({ ...standard, scramUsers }))).toThrow(
    "must be at most 10, the secrets of one association, which tolerates no other beside it, got 11",
  );
});

test("SCRAM users may be called like what stands beside them, and two clusters' never share a secret", () => {
  const template = clusterWith(() => ({ ...standard, scramUsers: ["Key", "Association", "Secrets", "b-c", "b_c"] }));

  const secrets = Object.values(template.findResources("AWS::SecretsManager::Secret"));
  expect(secrets.map(({ Properties }) => Properties.Name)).toEqual([
    "AmazonMSK_orders_Key",
    "AmazonMSK_orders_Association",
    "AmazonMSK_orders_Secrets",
    "AmazonMSK_orders_b-c",
    "AmazonMSK_orders_b_c",
  ]);
});

test("another stack tells users apart whose names differ in punctuation alone, and asks for each once", () => {
  const template = clusterWith(
    () => ({ ...standard, scramUsers: ["b-c", "b.c"] }),
    (stack, cluster) => {
      const other = new Stack(stack.node.root, "other");
      const arns = ["b-c", "b.c", "b-c"].map((user) => other.resolve(cluster.scramUser(other, user).secretArn));
      expect(new Set(arns.map(({ Ref }) => Ref)).size).toBe(2);
    },
  );

  const names = Object.values(template.findResources("AWS::SSM::Parameter")).map(({ Properties }) => Properties.Name);
  expect(names).toEqual(["/msk/orders/scram-users/b-c/secret-arn", "/msk/orders/scram-users/b.c/secret-arn"]);
});

test("a cluster without open monitoring lets nobody scrape it", () => {
  const app = appWithoutBundling();
  const stack = new Stack(app, "stack");
  const { vpc } = new NetworkStack(app, "network", { config: prod });
  const cluster = new MskCluster(stack, "Kafka", {
    ...standard,
    clusterName: "orders",
    vpc,
    scramUsers: [],
    logRetention: RetentionDays.ONE_DAY,
  });

  expect(() => cluster.allowMonitoringFrom(new SecurityGroup(stack, "Prometheus", { vpc }))).toThrow(
    "cluster stack/Kafka: openMonitoring must be true to be scraped",
  );
});
