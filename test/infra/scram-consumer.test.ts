import { type App, Validations } from "aws-cdk-lib";
import { Match, Template } from "aws-cdk-lib/assertions";
import { Bucket, BucketEncryption } from "aws-cdk-lib/aws-s3";
import { AwsSolutionsChecks, ServerlessChecks } from "cdk-nag";
import { expect, test } from "vitest";
import { missedExports } from "../../local/rehearsal/update-effects.ts";
import { consumerStack } from "./consumer-stack.ts";
import { environmentOf } from "./environment.ts";
import { clusterArn } from "./evaluate.ts";
import { allowedBy } from "./statements.ts";

const { app, stack } = consumerStack("scram", () => ({ Loyalty: {} }));
const assembly = app.synth();
const template = Template.fromStack(stack);

// The secret's ARN, which the cluster's stack keeps in Systems Manager.
const secret = expect.stringMatching(/^<ScramUsersOfbackboneprodloyaltyParameter\w+>$/);

test("the mapping reads as the service's user, in the service's group", () => {
  template.hasResourceProperties("AWS::Lambda::EventSourceMapping", {
    AmazonManagedKafkaEventSourceConfig: { ConsumerGroupId: "loyalty.orders" },
    SourceAccessConfigurations: [
      {
        Type: "SASL_SCRAM_512_AUTH",
        URI: { Ref: Match.stringLikeRegexp("^ScramUsersOfbackboneprodloyaltyParameter") },
      },
    ],
  });
});

test.each([
  ["goes back to IAM", () => consumerStack("iam", () => ({ Loyalty: {} }))],
  ["leaves", () => consumerStack("iam", () => ({}))],
])("a function that %s does so in one deployment: nothing goes that its stack still imports", (_, changed) => {
  const templatesOf = (of: App) => of.synth().stacks.map(({ template }) => template);

  expect(missedExports(templatesOf(app), templatesOf(changed().app))).toEqual([]);
});

test("it is told the ARN by the name under which the cluster's stack keeps it", () => {
  const name = "/msk/backbone-prod/scram-users/loyalty/secret-arn";
  const cluster = Template.fromJSON(assembly.getStackByName("cluster").template);

  cluster.hasResourceProperties("AWS::SSM::Parameter", {
    Type: "String",
    Name: name,
    Value: { Ref: Match.stringLikeRegexp("^KafkaScramUsersSecretsloyalty") },
  });
  template.hasParameter("*", { Type: "AWS::SSM::Parameter::Value<String>", Default: name });
});

test("it is made after users, topics and ACLs are there", () => {
  const before = assembly.getStackArtifact(stack.artifactId).dependencies.map(({ id }) => id);

  // Its cluster's stack has the association of the secrets, the access stack the ACLs.
  expect(before).toEqual(expect.arrayContaining(["cluster", "access"]));
  template.hasResource("AWS::Lambda::EventSourceMapping", {
    DependsOn: Match.arrayWith([Match.stringLikeRegexp("^LoyaltyConsumerRoleDefaultPolicy")]),
  });
});

test("the function is told where the brokers speak SCRAM, and where its user's password is", () => {
  expect(environmentOf(template, "backbone-prod-Loyalty")).toMatchObject({
    KAFKA_BOOTSTRAP_SERVERS: expect.stringMatching(/SaslScram/),
    KAFKA_AUTH: "scram",
    KAFKA_SCRAM_SECRET_ARN: secret,
    CONSUMER_GROUP: "loyalty.orders",
    DEAD_LETTER_TOPIC: "orders.loyalty.dlt",
  });
});

test("its role may read that password and look at the cluster, and touches Kafka with no action of its own", () => {
  expect(allowedBy(template, /LoyaltyConsumerRole/).filter((line) => !/^(deny )?(ec2|logs):/.test(line))).toEqual([
    `kafka:DescribeCluster ${clusterArn}`,
    `kafka:DescribeClusterV2 ${clusterArn}`,
    "kafka:GetBootstrapBrokers *",
    `kafka:ListScramSecrets ${clusterArn}`,
    expect.stringMatching(
      /^kms:Decrypt <cluster:ExportsOutput\w*KafkaScramUsersKey\w+> if StringEquals kms:ViaService=secretsmanager\.Region\.amazonaws\.com$/,
    ),
    expect.stringMatching(/^secretsmanager:GetSecretValue <ScramUsersOfbackboneprodloyaltyParameter\w+>$/),
  ]);
  template.hasResourceProperties("AWS::IAM::Policy", {
    PolicyDocument: {
      Statement: Match.arrayWith([
        Match.objectLike({
          Action: "kms:Decrypt",
          Condition: {
            StringEquals: {
              "kms:ViaService": { "Fn::Join": ["", ["secretsmanager.", { Ref: "AWS::Region" }, ".amazonaws.com"]] },
            },
          },
        }),
      ]),
    },
  });
});

test("it reaches the brokers where they speak SCRAM, as the pollers do, and nowhere else", () => {
  const ports = Object.values(template.findResources("AWS::EC2::SecurityGroupIngress")).map(({ Properties }) => [
    Properties.FromPort,
    Properties.ToPort,
  ]);
  expect(ports).toEqual([[9096, 9096]]);
});

test("the ACLs of its user cover reading, its group, its dead letters and what Lambda looks at", () => {
  const access = Template.fromJSON(assembly.getStackByName("access").template);
  const [resource] = Object.values(access.findResources("Custom::KafkaAcls"));
  const acls: Record<string, string>[] = resource?.Properties.Acls;

  expect(acls.map((acl) => `${acl.principal} ${acl.operation} ${acl.resourceType} ${acl.resourceName}`)).toEqual([
    "User:loyalty WRITE TOPIC orders.loyalty.dlt",
    "User:loyalty DESCRIBE TOPIC orders.loyalty.dlt",
    "User:loyalty READ TOPIC orders",
    "User:loyalty DESCRIBE TOPIC orders",
    "User:loyalty READ GROUP loyalty.orders",
    "User:loyalty DESCRIBE_CONFIGS CLUSTER kafka-cluster",
  ]);
});

test("cdk-nag finds nothing without a reason, neither of SCRAM nor of a bucket and a registry of AWS Glue", () => {
  const { app } = consumerStack("scram", (stack) => ({
    Loyalty: {
      pollers: { minimum: 1, maximum: 6 },
      retryAttempts: 3,
      offloadToBucket: new Bucket(stack, "GivenUp", {
        encryption: BucketEncryption.S3_MANAGED,
        enforceSSL: true,
        serverAccessLogsPrefix: "log/",
      }),
      schemaRegistry: {
        uri: "arn:aws:glue:eu-central-1:111122223333:registry/orders",
        recordFormat: "JSON",
        validate: ["VALUE"],
      },
    },
  }));
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new ServerlessChecks(app));

  expect(() => app.synth()).not.toThrow();
});
