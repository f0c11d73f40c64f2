import { describe, expect, it } from "vitest";
import { missedExports, updateEffects } from "../../../../local/rehearsal/update-effects.ts";

const cluster = {
  Type: "AWS::MSK::Cluster",
  Properties: {
    ClusterName: "orders",
    KafkaVersion: "4.1.x.kraft",
    ConfigurationInfo: { Arn: "arn:old", Revision: 1 },
    BrokerNodeGroupInfo: {
      InstanceType: "kafka.m7g.large",
      ClientSubnets: ["a", "b", "c"],
      StorageInfo: { EBSStorageInfo: { VolumeSize: 100 } },
    },
  },
};
const table = { Type: "AWS::DynamoDB::Table", Properties: { TableName: "claims" }, DeletionPolicy: "Retain" };
const topic = {
  Type: "AWS::MSK::Topic",
  Properties: { TopicName: "order-events", PartitionCount: 6, ReplicationFactor: 3 },
};

const kafkaConfig = { ConsumerGroupId: "stock.orders" };
const registryConfig = { EventRecordFormat: "JSON" };
const mapping = {
  Type: "AWS::Lambda::EventSourceMapping",
  Properties: {
    EventSourceArn: { "Fn::ImportValue": "cluster:Arn" },
    FunctionName: { Ref: "Stock" },
    Topics: ["orders"],
    AmazonManagedKafkaEventSourceConfig: kafkaConfig,
    StartingPosition: "TRIM_HORIZON",
    BatchSize: 100,
  },
};

function effectsOnMapping(properties: object) {
  const after = { ...mapping, Properties: { ...mapping.Properties, ...properties } };
  return updateEffects({ Resources: { Read: mapping } }, { Resources: { Read: after } });
}

function clusterWith(properties: object, brokers: object = {}) {
  const { BrokerNodeGroupInfo } = cluster.Properties;
  const changed = { ...cluster.Properties, ...properties, BrokerNodeGroupInfo: { ...BrokerNodeGroupInfo, ...brokers } };
  return { Resources: { Kafka: { ...cluster, Properties: changed } } };
}

describe("updateEffects", () => {
  it("counts what is updated in place, added and removed", () => {
    const logs = { Type: "AWS::Logs::LogGroup", Properties: { RetentionInDays: 30 } };
    const before = { Resources: { Logs: logs, Old: logs } };
    const after = { Resources: { Logs: { ...logs, Properties: { RetentionInDays: 365 } }, New: logs } };
    expect(updateEffects(before, after)).toEqual({ updated: 1, added: 1, removed: 1, replaced: [], problems: [] });
  });

  it("counts a custom resource that is asked again, and one that comes and goes", () => {
    const brokersOf = (Brokers: string) => ({ Type: "Custom::KafkaBootstrapBrokers", Properties: { Brokers } });
    const before = { Resources: { Kept: brokersOf("3"), Changed: brokersOf("3"), Gone: brokersOf("3") } };
    const after = { Resources: { Kept: brokersOf("3"), Changed: brokersOf("6"), New: brokersOf("6") } };

    expect(updateEffects(before, after)).toMatchObject({ updated: 1, added: 1, removed: 1 });
  });

  it.each([
    ["more storage", clusterWith({}, { StorageInfo: { EBSStorageInfo: { VolumeSize: 150 } } })],
    [
      "another version with its configuration",
      clusterWith({ KafkaVersion: "4.2.x.kraft", ConfigurationInfo: { Arn: "arn:new", Revision: 1 } }),
    ],
  ])("takes a cluster with %s", (_, after) => {
    expect(updateEffects({ Resources: { Kafka: cluster } }, after)).toMatchObject({ updated: 1, problems: [] });
  });

  it.each([
    ["another name", clusterWith({ ClusterName: "payments" })],
    // A part of a property that as a whole can be updated.
    ["other subnets", clusterWith({}, { ClientSubnets: ["a", "b", "d"] })],
  ])("finds that a cluster with %s is a new cluster", (_, after) => {
    const { replaced, problems } = updateEffects({ Resources: { Kafka: cluster } }, after);
    expect(replaced).toEqual(["AWS::MSK::Cluster Kafka"]);
    expect(problems).toEqual(["AWS::MSK::Cluster Kafka would be replaced or removed"]);
  });

  it("finds what MSK refuses: two attributes of a cluster at once", () => {
    const after = clusterWith({ KafkaVersion: "4.2.x.kraft" }, { InstanceType: "kafka.m7g.xlarge" });
    expect(updateEffects({ Resources: { Kafka: cluster } }, after).problems).toEqual([
      "AWS::MSK::Cluster Kafka would change KafkaVersion and InstanceType at once, of which MSK takes one an update",
    ]);
  });

  it("takes more partitions of a topic or other settings, not both, and finds that another replication makes a new one", () => {
    const effectsOf = (properties: object) =>
      updateEffects(
        { Resources: { Orders: topic } },
        { Resources: { Orders: { ...topic, Properties: { ...topic.Properties, ...properties } } } },
      );
    expect(effectsOf({ PartitionCount: 12 })).toMatchObject({ updated: 1, problems: [] });
    expect(effectsOf({ Configs: "eD0x" })).toMatchObject({ updated: 1, problems: [] });
    expect(effectsOf({ PartitionCount: 12, Configs: "eD0x" }).problems).toEqual([
      "AWS::MSK::Topic Orders would change PartitionCount and Configs at once, of which MSK takes one an update",
    ]);
    expect(effectsOf({ ReplicationFactor: 2 }).problems).toEqual([
      "AWS::MSK::Topic Orders would be replaced or removed",
    ]);
  });

  it("takes what an event source mapping can change: batches, filters, pollers, whether it reads", () => {
    const changed = { BatchSize: 200, Enabled: false, ProvisionedPollerConfig: { MinimumPollers: 1 } };
    expect(effectsOnMapping({ ...changed, FilterCriteria: { Filters: [{ Pattern: "{}" }] } })).toMatchObject({
      updated: 1,
      problems: [],
    });
  });

  it("takes another schema registry of an event source mapping, which is not made anew for it", () => {
    const changed = { AmazonManagedKafkaEventSourceConfig: { ...kafkaConfig, SchemaRegistryConfig: registryConfig } };

    expect(effectsOnMapping(changed)).toEqual({ updated: 1, added: 0, removed: 0, replaced: [], problems: [] });
  });

  it.each([
    [
      "AmazonManagedKafkaEventSourceConfig.ConsumerGroupId",
      { AmazonManagedKafkaEventSourceConfig: { ConsumerGroupId: "stock" } },
    ],
    [
      "AmazonManagedKafkaEventSourceConfig.ConsumerGroupId",
      { AmazonManagedKafkaEventSourceConfig: { ConsumerGroupId: "stock", SchemaRegistryConfig: registryConfig } },
    ],
    ["Topics", { Topics: ["returns"] }],
    ["EventSourceArn", { EventSourceArn: "arn:other" }],
    ["StartingPosition", { StartingPosition: "LATEST" }],
    ["StartingPositionTimestamp", { StartingPositionTimestamp: 1_767_225_600 }],
    [
      "Topics and StartingPosition and StartingPositionTimestamp",
      { Topics: ["returns"], StartingPosition: "AT_TIMESTAMP", StartingPositionTimestamp: 1_767_225_600 },
    ],
  ])("finds that an event source mapping keeps its %s, and says what to do", (properties, change) => {
    expect(effectsOnMapping(change).problems).toEqual([
      `AWS::Lambda::EventSourceMapping Read would change ${properties}, which a mapping that is there keeps: ` +
        "deploy without its consumer, then with the consumer and the change " +
        "(docs/access.md, Another group, topic or starting position)",
    ]);
  });

  it("takes an event source mapping that goes, and one that comes", () => {
    const [none, one] = [{ Resources: {} }, { Resources: { Read: mapping } }];
    expect(updateEffects(one, none)).toMatchObject({ removed: 1, problems: [] });
    expect(updateEffects(none, one)).toMatchObject({ added: 1, problems: [] });
  });

  it("finds a table that leaves the template, although CloudFormation would keep it", () => {
    expect(updateEffects({ Resources: { Claims: table } }, { Resources: {} })).toMatchObject({
      removed: 1,
      problems: ["AWS::DynamoDB::Table Claims would be replaced or removed"],
    });
  });
});

describe("missedExports", () => {
  const exporting = (...names: string[]) => ({
    Outputs: Object.fromEntries(names.map((name) => [name, { Value: "v", Export: { Name: `network:${name}` } }])),
  });
  const importing = { Resources: { A: { Type: "T", Properties: { Vpc: { "Fn::ImportValue": "network:vpc" } } } } };

  it("names an export that goes away while a deployed stack imports it", () => {
    expect(missedExports([exporting("vpc", "subnet"), importing], [exporting("subnet"), importing])).toEqual([
      "network:vpc",
    ]);
  });

  it("lets go of what nobody imports", () => {
    expect(missedExports([exporting("vpc", "subnet"), importing], [exporting("vpc"), importing])).toEqual([]);
  });
});
