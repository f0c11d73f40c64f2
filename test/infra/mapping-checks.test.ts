import { Duration, Stack } from "aws-cdk-lib";
import { Key } from "aws-cdk-lib/aws-kms";
import { Bucket } from "aws-cdk-lib/aws-s3";
import { Secret } from "aws-cdk-lib/aws-secretsmanager";
import { Topic as SnsTopic } from "aws-cdk-lib/aws-sns";
import { Queue } from "aws-cdk-lib/aws-sqs";
import { expect, test } from "vitest";
import { checkMapping } from "../../infra/constructs/mapping-checks.ts";
import type { FilterPattern } from "../../infra/constructs/mapping-filters.ts";
import type { MappingSettings } from "../../infra/constructs/mapping-settings.ts";
import { access } from "./backbone.ts";

const [topic] = access.topics;
const service = access.services.find(({ name }) => name === "inventory");

function check(settings: Partial<MappingSettings>): void {
  if (topic === undefined || service === undefined) throw new Error("the access file has lost its consumer");
  checkMapping({ timeout: Duration.seconds(60), ...settings }, { topic, service });
}

const provisioned = { pollers: { minimum: 1, maximum: 6 } };
const schemaRegistry = { uri: "https://registry.example.com", recordFormat: "JSON", validate: ["VALUE"] } as const;
const stack = new Stack();
const bucket = Bucket.fromBucketName(stack, "Bucket", "given-up");
const queue = Queue.fromQueueArn(stack, "Queue", "arn:aws:sqs:eu-central-1:111122223333:given-up");
const sns = SnsTopic.fromTopicArn(stack, "Sns", "arn:aws:sns:eu-central-1:111122223333:given-up");
const key = Key.fromKeyArn(stack, "Key", "arn:aws:kms:eu-central-1:111122223333:key/1");
const secret = Secret.fromSecretCompleteArn(
  stack,
  "Secret",
  "arn:aws:secretsmanager:eu-central-1:111122223333:secret:registry-AbCdEf",
);
/** A pattern for orders of one of so many countries. */
const countries = (count: number) => ({ value: { country: Array.from({ length: count }, (_, index) => `C${index}`) } });

test("everything that Lambda takes is taken", () => {
  check({});
  check({ batchSize: 10_000, batchWindow: Duration.seconds(300), timeout: Duration.minutes(14) });
  check({
    ...provisioned,
    partialBatchResponse: true,
    bisectBatchOnError: true,
    retryAttempts: -1,
    maxRecordAge: Duration.days(7),
    pollerGroup: "orders",
    schemaRegistry: { ...schemaRegistry, validate: ["KEY", "VALUE"] },
    filters: [{ key: { orderId: [{ exists: true }] } }, { value: { total: [{ numeric: [">", 100] }] } }],
    filterKey: key,
    metrics: ["EventCount", "ErrorCount", "KafkaMetrics"],
    logLevel: "DEBUG",
  });
  check({ startingPosition: "AT_TIMESTAMP", startingTimestamp: new Date("2026-01-01T00:00:00Z"), enabled: false });
  check({ filters: Array.from({ length: 10 }, () => ({ value: ["text"] })) });
  for (const to of [{ offloadToBucket: bucket }, { offloadToQueue: queue }, { offloadToSns: sns }]) {
    check(to);
    check({ ...to, ...provisioned, retryAttempts: 0 });
  }
});

test.each<[string, Partial<MappingSettings>]>([
  ["partialBatchResponse", { partialBatchResponse: true }],
  ["bisectBatchOnError", { bisectBatchOnError: true }],
  ["retryAttempts", { retryAttempts: 3 }],
  ["maxRecordAge", { maxRecordAge: Duration.hours(1) }],
  ["offloadToDeadLetters", { offloadToDeadLetters: true, retryAttempts: 5 }],
  ["pollerGroup", { pollerGroup: "orders" }],
  ["schemaRegistry", { schemaRegistry }],
  ["metrics", { metrics: ["EventCount"] }],
  ["logLevel", { logLevel: "WARN" }],
])("%s without provisioned mode is refused", (name, settings) => {
  expect(() => check(settings)).toThrow(`${name}: needs provisioned mode, set pollers too`);
});

test.each<[string, Partial<MappingSettings>, string]>([
  ["more pollers than partitions", { pollers: { minimum: 1, maximum: 7 } }, "pollers.maximum: must be at most 6"],
  ["fewer at most than at least", { pollers: { minimum: 3, maximum: 2 } }, "pollers.minimum: must be at most"],
  ["an empty batch", { batchSize: 0 }, "batchSize: must be an integer of 1 to 10000, got 0"],
  [
    "a window of parts of a second",
    { batchWindow: Duration.millis(500) },
    "batchWindow: must be an integer of 0 to 300",
  ],
  [
    "a function that outlives the mapping",
    { timeout: Duration.minutes(15) },
    "timeout: must be an integer of 1 to 840",
  ],
  ["too many retries", { ...provisioned, retryAttempts: 10_001 }, "retryAttempts: must be an integer of -1 to 10000"],
  [
    "offloading after retries without end",
    { ...provisioned, offloadToDeadLetters: true },
    "retryAttempts: must be 0 or more with offloadToDeadLetters, got -1",
  ],
  [
    "a bucket after retries without end",
    { ...provisioned, offloadToBucket: bucket, retryAttempts: -1 },
    "retryAttempts: must be 0 or more with offloadToBucket, got -1; Lambda would make 10 of it",
  ],
  [
    "more than one destination",
    { offloadToBucket: bucket, offloadToQueue: queue, offloadToSns: sns },
    "offloadToBucket: a mapping has one destination, got offloadToQueue and offloadToSns as well",
  ],
  [
    "a time to begin at without a time",
    { startingPosition: "AT_TIMESTAMP" },
    "startingTimestamp: must be set with startingPosition AT_TIMESTAMP",
  ],
  [
    "a time without beginning at it",
    { startingPosition: "LATEST", startingTimestamp: new Date(0) },
    "startingTimestamp: needs startingPosition AT_TIMESTAMP",
  ],
  [
    "a time that is to come",
    { startingPosition: "AT_TIMESTAMP", startingTimestamp: new Date("2999-01-01T00:00:00Z") },
    "startingTimestamp: must be between 1970 and now, got 2999-01-01T00:00:00.000Z",
  ],
  [
    "a time that is none",
    { startingPosition: "AT_TIMESTAMP", startingTimestamp: new Date("noon") },
    "startingTimestamp: must be between 1970 and now, got no date",
  ],
  ["a list without filters", { filters: [] }, "filters: must be 1 to 10, got 0"],
  [
    "more filters than any account may have",
    { filters: Array.from({ length: 11 }, () => countries(1)) },
    "filters: must be 1 to 10, got 11",
  ],
  [
    "a filter that is too long",
    { filters: [countries(1_000)] },
    "filters.0: must have at most 4096 characters as JSON",
  ],
  ["a filter that says nothing", { filters: [{}] }, "filters.0: must have one field at least"],
  ["a filter that allows nothing", { filters: [{ value: { country: [] } }] }, "filters.0.value.country: must have one"],
  [
    "a filter for keys that stay bytes",
    { filters: [{ key: ["1001"] }] },
    "filters.0: of a Kafka record only value can be filtered, got 'key'",
  ],
  ["a key for no filters", { filterKey: key }, "filterKey: needs filters, which it encrypts"],
  ["a group without a name", { ...provisioned, pollerGroup: "" }, "pollerGroup: must have 1 to 128 characters, got 0"],
  ["no metrics", { ...provisioned, metrics: [] }, "metrics: must be one at least and each once, got ''"],
  [
    "a registry that checks nothing",
    { ...provisioned, schemaRegistry: { ...schemaRegistry, validate: [] } },
    "schemaRegistry.validate: must be KEY, VALUE or both, got ''",
  ],
  ...[
    "foo",
    "http://registry.example.com",
    "https://registry.example.com:8081",
    "https://",
    "arn:aws:glue:eu-central-1:111122223333:schema/orders/OrderCreated",
  ].map((uri): [string, Partial<MappingSettings>, string] => [
    `a registry at ${uri}`,
    { ...provisioned, schemaRegistry: { ...schemaRegistry, uri } },
    `schemaRegistry.uri: must be a URL https://… without port and login, or the ARN of a registry of AWS Glue, got '${uri}'`,
  ]),
  [
    "a registry with a login in its address",
    { ...provisioned, schemaRegistry: { ...schemaRegistry, uri: "https://key:word@registry.example.com" } },
    "schemaRegistry.uri: must be a URL https://… without port and login, or the ARN of a registry of AWS Glue",
  ],
  [
    "a secret known by its name alone",
    {
      ...provisioned,
      schemaRegistry: {
        ...schemaRegistry,
        access: [{ type: "BASIC_AUTH", secret: Secret.fromSecretNameV2(stack, "Named", "registry") }],
      },
    },
    "schemaRegistry.access: a secret must have its whole ARN, got 'registry'",
  ],
  [
    "half a second too much",
    { timeout: Duration.millis(1_500) },
    "timeout: must be an integer of 1 to 840 seconds, got 1.5",
  ],
  [
    "a password for AWS Glue",
    {
      ...provisioned,
      schemaRegistry: {
        ...schemaRegistry,
        uri: "arn:aws:glue:eu-central-1:111122223333:registry/orders",
        access: [{ type: "BASIC_AUTH", secret }],
      },
    },
    "schemaRegistry.access: is of Confluent registries",
  ],
  [
    "bytes whose schemas are in AWS Glue",
    {
      ...provisioned,
      schemaRegistry: {
        ...schemaRegistry,
        uri: "arn:aws:glue:eu-central-1:111122223333:registry/orders",
        recordFormat: "SOURCE",
      },
    },
    "schemaRegistry.recordFormat: must be JSON with a registry of AWS Glue, got SOURCE",
  ],
  ["records that are hardly retried", { ...provisioned, maxRecordAge: Duration.seconds(59) }, "maxRecordAge: must be"],
])("%s is refused", (_, settings, message) => {
  expect(() => check(settings)).toThrow(message);
});

test("every wrong setting is named at once, with the mapping it is of", () => {
  expect(() => check({ batchSize: 0, retryAttempts: 1 })).toThrow(
    "event source mapping of inventory for order-events: batchSize: must be an integer of 1 to 10000, got 0; " +
      "retryAttempts: needs provisioned mode, set pollers too",
  );
});

test("a topic that the access file does not let the service consume is refused", () => {
  const journal = access.topics.find(({ name }) => name === "kafkasql-journal");
  if (journal === undefined || service === undefined) throw new Error("the access file has lost its registry");

  expect(() => checkMapping({ timeout: Duration.seconds(60) }, { topic: journal, service })).toThrow(
    "topic: must be one that the service consumes (order-events), got 'kafkasql-journal'",
  );
});

test("a service that no mapping is said to read for is refused, as its ACLs lack what Lambda asks for", () => {
  if (topic === undefined || service === undefined) throw new Error("the access file has lost its consumer");

  expect(() =>
    checkMapping({ timeout: Duration.seconds(60) }, { topic, service: { ...service, mapped: false } }),
  ).toThrow("service: must have event-source-mapping: true in the access file");
});

test("a filter whose leaf is no list is refused, wherever it came from", () => {
  const filters: FilterPattern[] = JSON.parse('[{ "value": { "country": "DE" } }]');

  expect(() => check({ filters })).toThrow('filters.0.value.country: must be an object or a list of values, got "DE"');
});
