import { Duration } from "aws-cdk-lib";
import { Template } from "aws-cdk-lib/assertions";
import { Key } from "aws-cdk-lib/aws-kms";
import { CfnEventSourceMapping } from "aws-cdk-lib/aws-lambda";
import { Bucket } from "aws-cdk-lib/aws-s3";
import { Secret } from "aws-cdk-lib/aws-secretsmanager";
import { Topic as SnsTopic } from "aws-cdk-lib/aws-sns";
import { Queue } from "aws-cdk-lib/aws-sqs";
import { describe, expect, test } from "vitest";
import { type ConsumerSettings, consumerStack, mappingOf } from "./consumer-stack.ts";
import { allowedBy } from "./statements.ts";

const pollers = { minimum: 1, maximum: 6 };

/** Settings and what becomes of them, by the setting. */
const properties: Readonly<Record<string, readonly [ConsumerSettings, object]>> = {
  enabled: [{ enabled: false }, { Enabled: false }],
  batchSize: [{ batchSize: 7 }, { BatchSize: 7 }],
  batchWindow: [{ batchWindow: Duration.seconds(3) }, { MaximumBatchingWindowInSeconds: 3 }],
  startingPosition: [{ startingPosition: "LATEST" }, { StartingPosition: "LATEST" }],
  startingTimestamp: [
    { startingPosition: "AT_TIMESTAMP", startingTimestamp: new Date("2026-01-01T00:00:00.900Z") },
    { StartingPosition: "AT_TIMESTAMP", StartingPositionTimestamp: 1_767_225_600 },
  ],
  filters: [
    { filters: [{ value: { country: ["DE"] } }, { value: { total: [{ numeric: [">", 100] }] } }] },
    {
      FilterCriteria: {
        Filters: [
          { Pattern: '{"value":{"country":["DE"]}}' },
          { Pattern: '{"value":{"total":[{"numeric":[">",100]}]}}' },
        ],
      },
    },
  ],
  pollers: [{ pollers }, { ProvisionedPollerConfig: { MinimumPollers: 1, MaximumPollers: 6 } }],
  pollerGroup: [
    { pollers, pollerGroup: "orders" },
    { ProvisionedPollerConfig: { MinimumPollers: 1, MaximumPollers: 6, PollerGroupName: "orders" } },
  ],
  partialBatchResponse: [
    { pollers, partialBatchResponse: true },
    { FunctionResponseTypes: ["ReportBatchItemFailures"] },
  ],
  bisectBatchOnError: [{ pollers, bisectBatchOnError: true }, { BisectBatchOnFunctionError: true }],
  retryAttempts: [{ pollers, retryAttempts: 3 }, { MaximumRetryAttempts: 3 }],
  maxRecordAge: [{ pollers, maxRecordAge: Duration.hours(1) }, { MaximumRecordAgeInSeconds: 3_600 }],
  offloadToDeadLetters: [
    { pollers, retryAttempts: 3, offloadToDeadLetters: true },
    { DestinationConfig: { OnFailure: { Destination: "kafka://orders.loyalty.dlt" } } },
  ],
  metrics: [
    { pollers, metrics: ["EventCount", "KafkaMetrics"] },
    { MetricsConfig: { Metrics: ["EventCount", "KafkaMetrics"] } },
  ],
  logLevel: [{ pollers, logLevel: "WARN" }, { LoggingConfig: { SystemLogLevel: "WARN" } }],
  schemaRegistry: [
    { pollers, schemaRegistry: { uri: "https://registry.example.com", recordFormat: "SOURCE", validate: ["VALUE"] } },
    {
      AmazonManagedKafkaEventSourceConfig: {
        ConsumerGroupId: "loyalty.orders",
        SchemaRegistryConfig: {
          SchemaRegistryURI: "https://registry.example.com",
          EventRecordFormat: "SOURCE",
          SchemaValidationConfigs: [{ Attribute: "VALUE" }],
        },
      },
    },
  ],
};

const { stack: ofProperties } = consumerStack("iam", () => ({
  plain: {},
  ...Object.fromEntries(Object.entries(properties).map(([name, [settings]]) => [name, settings])),
}));
const template = Template.fromStack(ofProperties);

test.each(Object.entries(properties))("%s becomes a property of the mapping", (name, [, expected]) => {
  expect(mappingOf(template, name)).toMatchObject(expected);
});

test("what is not set is left to Lambda, but where it begins", () => {
  expect(mappingOf(template, "plain")).toEqual({
    EventSourceArn: expect.anything(),
    FunctionName: expect.anything(),
    Topics: ["orders"],
    AmazonManagedKafkaEventSourceConfig: { ConsumerGroupId: "loyalty.orders" },
    StartingPosition: "TRIM_HORIZON",
  });
});

describe("what a setting allows the function's role, and no more", () => {
  const glue = "arn:aws:glue:eu-central-1:111122223333:registry/orders";
  const { stack } = consumerStack("iam", (scope) => ({
    plain: {},
    bucket: { offloadToBucket: new Bucket(scope, "Bucket") },
    bucketWithKey: {
      offloadToBucket: new Bucket(scope, "EncryptedBucket", { encryptionKey: new Key(scope, "BucketKey") }),
    },
    queue: { offloadToQueue: new Queue(scope, "Queue") },
    sns: { offloadToSns: new SnsTopic(scope, "Sns", { masterKey: new Key(scope, "SnsKey") }) },
    deadLetters: { pollers, retryAttempts: 1, offloadToDeadLetters: true },
    filters: { filters: [{ value: ["text"] }], filterKey: new Key(scope, "FilterKey") },
    confluent: {
      pollers,
      schemaRegistry: {
        uri: "https://registry.example.com",
        recordFormat: "JSON",
        validate: ["VALUE"],
        access: [{ type: "BASIC_AUTH", secret: new Secret(scope, "Password") }],
      },
    },
    glue: { pollers, schemaRegistry: { uri: glue, recordFormat: "JSON", validate: ["KEY", "VALUE"] } },
  }));
  const consumers = Template.fromStack(stack);
  const allowed = (consumer: string) =>
    allowedBy(consumers, new RegExp(`"${consumer}ConsumerRole`))
      .filter((line) => !/^(deny )?(ec2|logs):/.test(line))
      .map((line) => line.replace(/[0-9A-F]{8}(?=[.>])/g, ""));
  const plain = allowed("plain");

  test.each<[string, string[], string]>([
    [
      "bucket",
      ["s3:ListBucket <Bucket.Arn>", "s3:PutObject <Bucket.Arn>/aws/lambda/*"],
      "Lambda's own prefix, the list",
    ],
    [
      "bucketWithKey",
      [
        "kms:GenerateDataKey <BucketKey.Arn>",
        "s3:ListBucket <EncryptedBucket.Arn>",
        "s3:PutObject <EncryptedBucket.Arn>/aws/lambda/*",
      ],
      "to encrypt with the key besides",
    ],
    ["queue", ["sqs:SendMessage <Queue.Arn>"], "to send"],
    [
      "sns",
      ["kms:Decrypt <SnsKey.Arn>", "kms:GenerateDataKey <SnsKey.Arn>", "sns:Publish <Sns>"],
      "to publish with the topic's key",
    ],
    ["deadLetters", [], "nothing, every consumer may write its dead-letter topic"],
    ["filters", ["kms:Decrypt <FilterKey.Arn>"], "to read them"],
    ["confluent", ["secretsmanager:GetSecretValue <Password>"], "the password"],
    [
      "glue",
      [
        `glue:GetRegistry ${glue}`,
        `glue:GetSchemaVersion ${glue}`,
        "glue:GetSchemaVersion arn:aws:glue:eu-central-1:111122223333:schema/orders/*",
      ],
      "the registry and its schemas",
    ],
  ])("%s: %s (%s)", (consumer, added) => {
    expect(allowed(consumer).filter((line) => !plain.includes(line))).toEqual(added);
  });

  test("a destination is named by its ARN, and the secret of a registry by its own", () => {
    expect(mappingOf(consumers, "queue")).toMatchObject({
      DestinationConfig: { OnFailure: { Destination: { "Fn::GetAtt": [expect.stringMatching(/^Queue/), "Arn"] } } },
    });
    expect(mappingOf(consumers, "confluent")).toMatchObject({
      AmazonManagedKafkaEventSourceConfig: {
        SchemaRegistryConfig: {
          AccessConfigs: [{ Type: "BASIC_AUTH", URI: { Ref: expect.stringMatching(/^Password/) } }],
        },
      },
    });
  });
});

test("mappings of one poller group may not have more pollers together than Lambda has for it", () => {
  const { app } = consumerStack("iam", (stack) => {
    for (let index = 0; index < 2; index += 1) {
      new CfnEventSourceMapping(stack, `Other${index}`, {
        functionName: "other",
        provisionedPollerConfig: { minimumPollers: 1, maximumPollers: 1_000, pollerGroupName: "orders" },
      });
    }
    return { loyalty: { pollers, pollerGroup: "orders" } };
  });

  expect(() => app.synth()).toThrow(
    "poller group orders: pollers.maximum of all must be at most 2000 together, got 2006",
  );
});
