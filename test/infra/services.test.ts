import { Duration } from "aws-cdk-lib";
import { Match } from "aws-cdk-lib/assertions";
import { describe, expect, test } from "vitest";
import { claimTtl } from "../../infra/constructs/claim-ttl.ts";
import { prodTemplates } from "./backbone.ts";
import { clusterArn, evaluate } from "./evaluate.ts";
import { allowedBy } from "./statements.ts";

const { services } = prodTemplates();

const partArn = (part: string, name: string) => `${clusterArn.replace(":cluster/", `:${part}/`)}/${name}`;

function environmentOf(functionName: string): Record<string, unknown> {
  const [found] = Object.values(
    services.findResources("AWS::Lambda::Function", { Properties: { FunctionName: functionName } }),
  );
  const variables: Record<string, unknown> = found?.Properties.Environment.Variables;
  return Object.fromEntries(Object.entries(variables).map(([name, value]) => [name, evaluate(value)]));
}

describe("order-service", () => {
  test("POST /orders reaches it as payload format 2.0", () => {
    services.hasResourceProperties("AWS::ApiGatewayV2::Route", { RouteKey: "POST /orders" });
    services.hasResourceProperties("AWS::ApiGatewayV2::Integration", { PayloadFormatVersion: "2.0" });
  });

  test("a flood of requests ends at the API", () => {
    services.hasResourceProperties("AWS::ApiGatewayV2::Stage", {
      StageName: "$default",
      AutoDeploy: true,
      DefaultRouteSettings: { ThrottlingRateLimit: 1_000, ThrottlingBurstLimit: 500 },
    });
  });

  test("it has answered before the API gives up", () => {
    services.hasResourceProperties("AWS::Lambda::Function", {
      FunctionName: "backbone-prod-order-service",
      Runtime: "nodejs24.x",
      Architectures: ["arm64"],
      MemorySize: 512,
      Timeout: 28,
    });
  });

  test("it is told of Kafka, the registry and its topic", () => {
    expect(environmentOf("backbone-prod-order-service")).toEqual({
      KAFKA_BOOTSTRAP_SERVERS: expect.stringMatching(/SaslIam/),
      KAFKA_AUTH: "iam",
      SCHEMA_REGISTRY_URL: expect.stringMatching(/^http:\/\/<.*DNSName.*>\/apis\/ccompat\/v7$/),
      ORDER_EVENTS_TOPIC: "order-events",
      NODE_OPTIONS: "--enable-source-maps",
    });
  });

  test("it may produce to order-events and nothing else on the cluster", () => {
    expect(allowedBy(services, /OrderServiceHandlerRole/).filter((line) => line.startsWith("kafka"))).toEqual([
      `kafka-cluster:Connect ${clusterArn}`,
      `kafka-cluster:DescribeTopic ${partArn("topic", "order-events")}`,
      `kafka-cluster:WriteData ${partArn("topic", "order-events")}`,
      `kafka-cluster:WriteDataIdempotently ${clusterArn}`,
    ]);
  });
});

describe("inventory", () => {
  test("its mapping reads order-events in its own group, in provisioned mode, with partial batch responses", () => {
    services.hasResource("AWS::Lambda::EventSourceMapping", {
      Properties: {
        Topics: ["order-events"],
        AmazonManagedKafkaEventSourceConfig: { ConsumerGroupId: "inventory" },
        StartingPosition: "TRIM_HORIZON",
        BatchSize: 100,
        MaximumBatchingWindowInSeconds: 1,
        ProvisionedPollerConfig: { MinimumPollers: 1, MaximumPollers: 6 },
        FunctionResponseTypes: ["ReportBatchItemFailures"],
      },
      DependsOn: Match.arrayWith([Match.stringLikeRegexp("^InventoryOrderEventsConsumerRoleDefaultPolicy")]),
    });
  });

  test("it is told of its group, its dead letters, its tables and how long a claim lives", () => {
    expect(environmentOf("backbone-prod-inventory")).toEqual({
      KAFKA_BOOTSTRAP_SERVERS: expect.stringMatching(/SaslIam/),
      KAFKA_AUTH: "iam",
      SCHEMA_REGISTRY_URL: expect.stringMatching(/\/apis\/ccompat\/v7$/),
      CONSUMER_GROUP: "inventory",
      DEAD_LETTER_TOPIC: "order-events.inventory.dlt",
      RESERVATIONS_TABLE: expect.stringMatching(/^<InventoryReservations/),
      STOCK_TABLE: expect.stringMatching(/^<InventoryStock/),
      CLAIMS_TABLE: expect.stringMatching(/^<InventoryClaims/),
      INITIAL_STOCK: "1000000",
      CLAIM_TTL_SECONDS: String((7 + 14 + 1) * 86_400),
      REPORT_BATCH_ITEM_FAILURES: "true", // as the mapping has it
      NODE_OPTIONS: "--enable-source-maps",
    });
  });

  test("it may read order-events as its group, and write its dead letters", () => {
    expect(allowedBy(services, /InventoryOrderEventsConsumerRole/).filter((line) => line.startsWith("kafka"))).toEqual([
      `kafka-cluster:AlterGroup ${partArn("group", "inventory")}`,
      `kafka-cluster:Connect ${clusterArn}`,
      `kafka-cluster:DescribeClusterDynamicConfiguration ${clusterArn}`,
      `kafka-cluster:DescribeGroup ${partArn("group", "inventory")}`,
      `kafka-cluster:DescribeTopic ${partArn("topic", "order-events")}`,
      `kafka-cluster:DescribeTopic ${partArn("topic", "order-events.inventory.dlt")}`,
      `kafka-cluster:ReadData ${partArn("topic", "order-events")}`,
      `kafka-cluster:WriteData ${partArn("topic", "order-events.inventory.dlt")}`,
      `kafka-cluster:WriteDataIdempotently ${clusterArn}`,
      `kafka:DescribeCluster ${clusterArn}`,
      `kafka:DescribeClusterV2 ${clusterArn}`,
      "kafka:GetBootstrapBrokers *",
    ]);
  });

  test("it may do to each table what its transactions do", () => {
    const actions = allowedBy(services, /InventoryOrderEventsConsumerRole/).filter((line) =>
      line.startsWith("dynamodb"),
    );

    expect(actions.map((line) => line.replace(/[0-9A-F]{8}\.Arn>/, ">"))).toEqual([
      "dynamodb:BatchGetItem <InventoryStock>",
      "dynamodb:GetItem <InventoryClaims>",
      "dynamodb:PutItem <InventoryClaims>",
      "dynamodb:PutItem <InventoryReservations>",
      "dynamodb:PutItem <InventoryStock>",
      "dynamodb:UpdateItem <InventoryStock>",
    ]);
  });

  test.each([{ "retention.ms": "-1" }, {}])("a source without an end to its records is refused: %o", (configs) => {
    const source = { name: "order-events", partitions: 1, replication: 3, configs };

    expect(() => claimTtl(source, Duration.days(1))).toThrow(/order-events: retention\.ms must be more than 0/);
  });
});

describe("order-status", () => {
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

  test.each(consumers)("the consumer of $topic is told of its group, its dead letters and the tables", (consumer) => {
    expect(environmentOf(`backbone-prod-order-status-${consumer.topic}`)).toEqual({
      KAFKA_BOOTSTRAP_SERVERS: expect.stringMatching(/SaslIam/),
      KAFKA_AUTH: "iam",
      SCHEMA_REGISTRY_URL: expect.stringMatching(/\/apis\/ccompat\/v7$/),
      CONSUMER_GROUP: consumer.group,
      DEAD_LETTER_TOPIC: consumer.deadLetterTopic,
      STATUSES_TABLE: expect.stringMatching(/^<OrderStatusStatuses/),
      CLAIMS_TABLE: expect.stringMatching(/^<OrderStatusClaims/),
      CLAIM_TTL_SECONDS: String((7 + 14 + 1) * 86_400),
      REPORT_BATCH_ITEM_FAILURES: "true", // as the mapping has it
      NODE_OPTIONS: "--enable-source-maps",
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
    ]);
    expect(environmentOf("backbone-prod-order-status-api")).toEqual({
      STATUSES_TABLE: expect.stringMatching(/^<OrderStatusStatuses/),
      NODE_OPTIONS: "--enable-source-maps",
    });
  });
});

test("the tables are kept, can be restored to any second, and forget expired claims", () => {
  const keys = Object.values(services.findResources("AWS::DynamoDB::Table")).map(({ Properties }) => [
    Properties.KeySchema[0].AttributeName,
    Properties.TimeToLiveSpecification?.AttributeName,
  ]);

  expect(keys).toEqual([
    ["orderId", undefined],
    ["sku", undefined],
    ["id", "expiresAt"],
    ["orderId", undefined],
    ["id", "expiresAt"],
  ]);
  services.allResources("AWS::DynamoDB::Table", {
    Properties: {
      BillingMode: "PAY_PER_REQUEST",
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
    },
    DeletionPolicy: "Retain",
    UpdateReplacePolicy: "Retain",
  });
});

test("the functions on Kafka reach the brokers' IAM port and the registry, and log where it expires", () => {
  const rules = Object.values(services.findResources("AWS::EC2::SecurityGroupIngress")).map(({ Properties }) => {
    const source = /<(\w+?)(Handler|Consumer)/.exec(String(evaluate(Properties.SourceSecurityGroupId)))?.[1];
    const target = /(Kafka|Registry)\w*SecurityGroup/.exec(String(evaluate(Properties.GroupId)))?.[1];
    return `${source} → ${target} ${Properties.FromPort}`;
  });

  expect(rules.sort()).toEqual([
    "InventoryOrderEvents → Kafka 9098",
    "InventoryOrderEvents → Registry 80",
    "OrderService → Kafka 9098",
    "OrderService → Registry 80",
    "OrderStatusInventoryEvents → Kafka 9098",
    "OrderStatusInventoryEvents → Registry 80",
    "OrderStatusOrderEvents → Kafka 9098",
    "OrderStatusOrderEvents → Registry 80",
  ]);
  services.allResourcesProperties("AWS::Logs::LogGroup", { RetentionInDays: 30 });
});
