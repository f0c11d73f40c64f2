import { Match, Template } from "aws-cdk-lib/assertions";
import { describe, expect, test } from "vitest";
import { defineBackbone } from "../../infra/backbone.ts";
import { stageConfig } from "../../infra/config.ts";
import { scramUserNamesOf } from "../../shared/access/index.ts";
import { access, appWithoutBundling, prodTemplates, templatesOf } from "./backbone.ts";
import { allowedBy } from "./statements.ts";

const { network, cluster, access: accessTemplate, schemaRegistry, services } = prodTemplates();

describe("network", () => {
  test("there is a public and a private subnet in each of three zones", () => {
    const subnets = Object.values(network.findResources("AWS::EC2::Subnet"));

    expect(subnets.map(({ Properties }) => Properties.AvailabilityZone)).toEqual(
      [0, 1, 2, 0, 1, 2].map((index) => ({ "Fn::Select": [index, { "Fn::GetAZs": "" }] })),
    );
  });

  test("zones can be named where the first three of the region will not do", () => {
    const zones = ["us-east-1a", "us-east-1b", "us-east-1d"] as const;
    const config = { ...stageConfig("prod"), availabilityZones: zones };
    const template = Template.fromStack(defineBackbone(appWithoutBundling(), { config, access }).network);

    const subnets = Object.values(template.findResources("AWS::EC2::Subnet"));
    expect(new Set(subnets.map(({ Properties }) => Properties.AvailabilityZone))).toEqual(new Set(zones));
  });

  test("each zone has its own way out", () => {
    network.resourceCountIs("AWS::EC2::NatGateway", 3);
  });
});

describe("cluster", () => {
  test("it is KRaft with one broker in each zone", () => {
    cluster.hasResourceProperties("AWS::MSK::Cluster", {
      KafkaVersion: "4.1.x.kraft",
      NumberOfBrokerNodes: 3,
      BrokerNodeGroupInfo: {
        InstanceType: "kafka.m7g.large",
        ClientSubnets: [Match.anyValue(), Match.anyValue(), Match.anyValue()],
      },
    });
  });

  test("nobody speaks to it without TLS and a name, and its disks are encrypted", () => {
    cluster.hasResourceProperties("AWS::MSK::Cluster", {
      ClientAuthentication: {
        Sasl: { Iam: { Enabled: true }, Scram: { Enabled: true } },
        Unauthenticated: { Enabled: false },
      },
      EncryptionInfo: {
        EncryptionInTransit: { ClientBroker: "TLS", InCluster: true },
        EncryptionAtRest: { DataVolumeKMSKeyId: { "Fn::GetAtt": [Match.stringLikeRegexp("DataKey"), "Arn"] } },
      },
    });
  });

  test("no acknowledged record is lost with a broker, and no topic appears by itself, and what no ACL allows is denied", () => {
    cluster.hasResourceProperties("AWS::MSK::Configuration", {
      KafkaVersionsList: ["4.1.x.kraft"],
      ServerProperties: [
        "auto.create.topics.enable=false",
        "allow.everyone.if.no.acl.found=false",
        "log.retention.ms=604800000",
        "default.replication.factor=3",
        "min.insync.replicas=2",
        "unclean.leader.election.enable=false",
      ].join("\n"),
    });
  });

  test("what holds data is kept", () => {
    for (const type of [
      "AWS::MSK::Cluster",
      "AWS::MSK::Configuration",
      "AWS::KMS::Key",
      "AWS::SecretsManager::Secret",
      "AWS::MSK::BatchScramSecret",
    ]) {
      cluster.allResources(type, { DeletionPolicy: "RetainExceptOnCreate", UpdateReplacePolicy: "Retain" });
    }
  });

  test("each SCRAM service has a generated password under a key of its own, known to the cluster", () => {
    cluster.hasResourceProperties("AWS::SecretsManager::Secret", {
      Name: "AmazonMSK_backbone-prod_schema-registry",
      KmsKeyId: { "Fn::GetAtt": [Match.stringLikeRegexp("ScramUsersKey"), "Arn"] },
      GenerateSecretString: {
        SecretStringTemplate: '{"username":"schema-registry"}',
        GenerateStringKey: "password",
        ExcludePunctuation: true,
      },
    });
    const secrets = Object.keys(cluster.findResources("AWS::SecretsManager::Secret"));
    expect(secrets).toHaveLength(scramUserNamesOf(access).length);
    cluster.hasResourceProperties("AWS::MSK::BatchScramSecret", {
      SecretArnList: Match.arrayWith(secrets.map((Ref) => ({ Ref }))),
    });
  });

  test("its security group lets pollers of event source mappings read, and lets in who else is in its stack", () => {
    const nameOf = (id: { "Fn::GetAtt"?: readonly [string] }) =>
      /(Rotate|Operators|Kafka)\w*SecurityGroup/.exec(id["Fn::GetAtt"]?.[0] ?? "")?.[1] ?? JSON.stringify(id);
    const rules = (direction: "Ingress" | "Egress", peer: string) =>
      Object.values(cluster.findResources(`AWS::EC2::SecurityGroup${direction}`)).map(
        ({ Properties }) => `${nameOf(Properties.GroupId)} ${Properties.FromPort} ${nameOf(Properties[peer])}`,
      );

    expect(rules("Ingress", "SourceSecurityGroupId").sort()).toEqual([
      "Kafka 11001 Operators",
      "Kafka 9096 Kafka",
      "Kafka 9096 Operators",
      "Kafka 9096 Rotate",
      "Kafka 9098 Kafka",
      "Kafka 9098 Operators",
    ]);
    expect(rules("Egress", "DestinationSecurityGroupId").sort()).toEqual(["Kafka 9096 Kafka", "Kafka 9098 Kafka"]);
    cluster.hasResourceProperties("AWS::EC2::SecurityGroup", {
      SecurityGroupIngress: Match.absent(),
      SecurityGroupEgress: [Match.objectLike({ CidrIp: "0.0.0.0/0", FromPort: 443, ToPort: 443 })],
    });
  });

  test("its brokers are asked for in each stack that needs them, by a function that may do just that", () => {
    for (const template of [accessTemplate, schemaRegistry, services]) {
      template.resourceCountIs("Custom::KafkaBootstrapBrokers", 1);
      template.hasResourceProperties("Custom::KafkaBootstrapBrokers", {
        ServiceToken: { "Fn::ImportValue": Match.stringLikeRegexp("KafkaBootstrapBrokersProvider") },
        ClusterArn: { "Fn::ImportValue": Match.stringLikeRegexp("KafkaCluster") },
        Brokers: "3",
        ServiceTimeout: "600",
      });
    }
    expect(allowedBy(cluster, /BootstrapBrokersHandler/)).toEqual([
      "kafka:GetBootstrapBrokers *",
      expect.stringMatching(/^logs:CreateLogStream <KafkaBootstrapBrokersHandlerLogs/),
      expect.stringMatching(/^logs:PutLogEvents <KafkaBootstrapBrokersHandlerLogs/),
    ]);
  });

  test("brokers write to CloudWatch what they do and whom they refuse, where it expires", () => {
    cluster.hasResourceProperties("AWS::MSK::Cluster", {
      LoggingInfo: {
        BrokerLogs: { CloudWatchLogs: { Enabled: true, LogGroup: { Ref: Match.stringLikeRegexp("BrokerLogs") } } },
        AuthorizerLogs: {
          CloudWatchLogs: { Enabled: true, LogGroup: { Ref: Match.stringLikeRegexp("AuthorizerLogs") } },
        },
      },
    });
    cluster.allResourcesProperties("AWS::Logs::LogGroup", { RetentionInDays: 30 });
    const names = Object.values(cluster.findResources("AWS::Logs::LogGroup")).map(
      (group) => group.Properties.LogGroupName,
    );
    expect(names).toEqual(
      expect.arrayContaining([
        "/aws/vendedlogs/msk/backbone-prod-broker",
        "/aws/vendedlogs/msk/backbone-prod-authorizer",
      ]),
    );
  });

  test("machines of operators reach the brokers and the registry, and nothing reaches them", () => {
    const from = (template: Template) =>
      Object.values(template.findResources("AWS::EC2::SecurityGroupIngress"))
        .map(({ Properties }) => Properties)
        .filter(({ SourceSecurityGroupId }) => JSON.stringify(SourceSecurityGroupId).includes("OperatorsSecurityGroup"))
        .map(({ FromPort, ToPort }) => `${FromPort}-${ToPort}`)
        .sort();

    expect(from(cluster)).toEqual(["11001-11002", "9096-9096", "9098-9098"]);
    expect(from(templatesOf("dev").cluster)).toEqual(["9096-9096", "9098-9098"]);
    expect(from(schemaRegistry)).toEqual(["443-443"]);
    cluster.hasOutput("OperatorsSecurityGroupId", {
      Value: { "Fn::GetAtt": [Match.stringLikeRegexp("^OperatorsSecurityGroup"), "GroupId"] },
    });
  });
});
