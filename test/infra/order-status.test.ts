import { Match } from "aws-cdk-lib/assertions";
import { expect, test } from "vitest";
import { prodTemplates, templatesOf } from "./backbone.ts";
import { environmentOf } from "./environment.ts";
import { clusterArn, partArn } from "./evaluate.ts";
import { allowedBy } from "./statements.ts";

const { services } = prodTemplates();

const consumers = ["order-events", "inventory-events"].map((topic) => ({
  topic,
  group: `order-status.${topic}`,
  deadLetterTopic: `${topic}.order-status.dlt`,
  role: topic === "order-events" ? /OrderStatusOrderEventsConsumerRole/ : /OrderStatusInventoryEventsConsumerRole/,
}));

test.each(consumers)("a mapping reads $topic in the group $group, as inventory's reads", ({ topic, group }) => {
  services.hasResourceProperties("AWS::Lambda::EventSourceMapping", {
    Topics: [topic],
    AmazonManagedKafkaEventSourceConfig: { ConsumerGroupId: group },
    StartingPosition: "TRIM_HORIZON",
    BatchSize: 100,
    MaximumBatchingWindowInSeconds: 1,
    ProvisionedPollerConfig: { MinimumPollers: 1, MaximumPollers: 6 },
    FunctionResponseTypes: ["ReportBatchItemFailures"],
  });
});

test.each(consumers)(
  "what is retried in vain of $topic is set aside a day before the topic drops it, and told of",
  (one) => {
    services.hasResourceProperties("AWS::Lambda::EventSourceMapping", {
      Topics: [one.topic],
      AmazonManagedKafkaEventSourceConfig: { ConsumerGroupId: one.group },
      MaximumRecordAgeInSeconds: 6 * 86_400,
      MaximumRetryAttempts: 10_000,
      DestinationConfig: { OnFailure: { Destination: `kafka://${one.deadLetterTopic}` } },
      MetricsConfig: { Metrics: ["EventCount", "ErrorCount", "KafkaMetrics"] },
    });
  },
);

test("on demand, where Lambda takes no more, the mappings say how large a batch is", () => {
  templatesOf("dev").services.hasResourceProperties("AWS::Lambda::EventSourceMapping", {
    Topics: ["inventory-events"],
    BatchSize: 100,
    ProvisionedPollerConfig: Match.absent(),
    MaximumRetryAttempts: Match.absent(),
    DestinationConfig: Match.absent(),
    MetricsConfig: Match.absent(),
  });
});

test.each(consumers)("the consumer of $topic is told of its group, its dead letters and the tables", (consumer) => {
  expect(environmentOf(services, `backbone-prod-order-status-${consumer.topic}`)).toEqual({
    KAFKA_BOOTSTRAP_SERVERS: expect.stringMatching(/SaslIam/),
    KAFKA_AUTH: "iam",
    SCHEMA_REGISTRY_URL: expect.stringMatching(/^<SsmParameterValuebackboneprodschemaregistryurl/),
    CONSUMER_GROUP: consumer.group,
    DEAD_LETTER_TOPIC: consumer.deadLetterTopic,
    STATUSES_TABLE: expect.stringMatching(/^<OrderStatusStatuses/),
    CLAIMS_TABLE: expect.stringMatching(/^<OrderStatusClaims/),
    CLAIM_TTL_SECONDS: String((8 + 15 + 8 + 1) * 86_400),
    REPORT_BATCH_ITEM_FAILURES: "true", // as the mapping has it
  });
});

test.each(consumers)("the consumer of $topic may read that as its group, and no other", (consumer) => {
  expect(allowedBy(services, consumer.role).filter((line) => line.startsWith("kafka-cluster"))).toEqual([
    `kafka-cluster:AlterGroup ${partArn("group", consumer.group)}`,
    `kafka-cluster:Connect ${clusterArn}`,
    `kafka-cluster:DescribeClusterDynamicConfiguration ${clusterArn}`,
    `kafka-cluster:DescribeGroup ${partArn("group", consumer.group)}`,
    `kafka-cluster:DescribeTopic ${partArn("topic", consumer.topic)}`,
    `kafka-cluster:DescribeTopic ${partArn("topic", consumer.deadLetterTopic)}`,
    `kafka-cluster:ReadData ${partArn("topic", consumer.topic)}`,
    `kafka-cluster:WriteData ${partArn("topic", consumer.deadLetterTopic)}`,
    `kafka-cluster:WriteDataIdempotently ${clusterArn}`,
  ]);
});

test.each(consumers)("the consumer of $topic may do to each table what its transactions do", ({ role }) => {
  const actions = allowedBy(services, role).filter((line) => line.startsWith("dynamodb"));

  expect(actions.map((line) => line.replace(/[0-9A-F]{8}\.Arn>/, ">"))).toEqual([
    "dynamodb:GetItem <OrderStatusClaims>",
    "dynamodb:PutItem <OrderStatusClaims>",
    "dynamodb:UpdateItem <OrderStatusStatuses>",
  ]);
});

test("GET /orders/{orderId} is on the API of POST /orders, which is the only one", () => {
  services.resourceCountIs("AWS::ApiGatewayV2::Api", 1);
  services.hasResourceProperties("AWS::ApiGatewayV2::Route", { RouteKey: "GET /orders/{orderId}" });
});

test("who answers it may read a status and do nothing else", () => {
  const allowed = allowedBy(services, /OrderStatusApiRole/).filter((line) => !line.startsWith("logs:"));

  expect(allowed.map((line) => line.replace(/[0-9A-F]{8}\.Arn>/, ">"))).toEqual([
    "dynamodb:GetItem <OrderStatusStatuses>",
    "kms:Decrypt <TableKey> if StringEquals kms:ViaService=dynamodb.Region.amazonaws.com",
    "kms:DescribeKey <TableKey> if StringEquals kms:ViaService=dynamodb.Region.amazonaws.com",
  ]);
  expect(environmentOf(services, "backbone-prod-order-status-api")).toEqual({
    STATUSES_TABLE: expect.stringMatching(/^<OrderStatusStatuses/),
  });
});
