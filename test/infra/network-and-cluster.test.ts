import { Match, Template } from "aws-cdk-lib/assertions";
import { describe, expect, test } from "vitest";
import { defineBackbone } from "../../infra/backbone.ts";
import { stageConfig } from "../../infra/config.ts";
import { scramUserNamesOf } from "../../shared/access/index.ts";
import { access, appWithoutBundling, prodTemplates } from "./backbone.ts";
import { allowedBy } from "./statements.ts";

const { network, cluster } = prodTemplates();

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
    for (const type of ["AWS::MSK::Cluster", "AWS::KMS::Key", "AWS::SecretsManager::Secret"]) {
      cluster.allResources(type, { DeletionPolicy: "Retain", UpdateReplacePolicy: "Retain" });
    }
  });

  test("each SCRAM service has a generated password under a key of its own, known to the cluster", () => {
    cluster.hasResourceProperties("AWS::SecretsManager::Secret", {
      Name: "AmazonMSK_backbone-prod-schema-registry",
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

  test("its security group lets pollers of event source mappings read, and nobody else in by itself", () => {
    const self = { "Fn::GetAtt": [Match.stringLikeRegexp("^KafkaSecurityGroup"), "GroupId"] };

    // With SCRAM and with IAM.
    const ports = [9096, 9098];
    cluster.resourceCountIs("AWS::EC2::SecurityGroupIngress", ports.length);
    for (const port of ports) {
      const range = { GroupId: self, FromPort: port, ToPort: port };
      cluster.hasResourceProperties("AWS::EC2::SecurityGroupIngress", { ...range, SourceSecurityGroupId: self });
      cluster.hasResourceProperties("AWS::EC2::SecurityGroupEgress", { ...range, DestinationSecurityGroupId: self });
    }
    cluster.hasResourceProperties("AWS::EC2::SecurityGroup", {
      SecurityGroupIngress: Match.absent(),
      SecurityGroupEgress: [Match.objectLike({ CidrIp: "0.0.0.0/0", FromPort: 443, ToPort: 443 })],
    });
  });

  test("its brokers are asked for by a function that may do just that", () => {
    cluster.hasResourceProperties("Custom::KafkaBootstrapBrokers", {
      ClusterArn: { "Fn::GetAtt": [Match.stringLikeRegexp("^KafkaCluster"), "Arn"] },
    });

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
  });
});
