import { Duration } from "aws-cdk-lib";
import { Match, Template } from "aws-cdk-lib/assertions";
import { describe, expect, test } from "vitest";
import { defineBackbone } from "../../infra/backbone.ts";
import { stageConfig } from "../../infra/config.ts";
import { claimTtl } from "../../infra/constructs/claim-ttl.ts";
import { access, appWithoutBundling, prodTemplates } from "./backbone.ts";
import { environmentOf } from "./environment.ts";
import { clusterArn, evaluate, partArn } from "./evaluate.ts";
import { allowedBy } from "./statements.ts";

const { services } = prodTemplates();

/** Read from Systems Manager, where the registry's stack has put it. */
const registryUrl = expect.stringMatching(/^<SsmParameterValuebackboneprodschemaregistryurl/);

function accessLogFields(template: Template): unknown {
  const [stage] = Object.values(template.findResources("AWS::ApiGatewayV2::Stage"));
  return JSON.parse(stage?.Properties.AccessLogSettings.Format);
}

describe("order-service", () => {
  test("each route reaches its own function, as payload format 2.0", () => {
    const integrations = services.findResources("AWS::ApiGatewayV2::Integration");
    const functions = services.findResources("AWS::Lambda::Function");
    const routes = Object.values(services.findResources("AWS::ApiGatewayV2::Route")).map(({ Properties }) => {
      const [, integration = ""] = /^integrations\/<(\w+)>$/.exec(String(evaluate(Properties.Target))) ?? [];
      const { IntegrationUri, PayloadFormatVersion } = integrations[integration]?.Properties ?? {};
      const [, target = ""] = /^<(\w+)\.Arn>$/.exec(String(evaluate(IntegrationUri))) ?? [];
      return [Properties.RouteKey, functions[target]?.Properties.FunctionName, PayloadFormatVersion];
    });

    expect(routes).toEqual([
      ["POST /orders", "backbone-prod-order-service", "2.0"],
      ["GET /orders/{orderId}", "backbone-prod-order-status-api", "2.0"],
    ]);
  });

  test("a flood of requests ends at the API, and one that hangs at the function's share of the account's executions", () => {
    services.hasResourceProperties("AWS::ApiGatewayV2::Stage", {
      StageName: "$default",
      AutoDeploy: true,
      DefaultRouteSettings: { ThrottlingRateLimit: 1_000, ThrottlingBurstLimit: 500 },
    });
    services.hasResourceProperties("AWS::Lambda::Function", {
      FunctionName: "backbone-prod-order-service",
      ReservedConcurrentExecutions: 200,
    });
  });

  test("only signed requests get in, and each request leaves a line that says whose it was", () => {
    services.allResourcesProperties("AWS::ApiGatewayV2::Route", { AuthorizationType: "AWS_IAM" });
    services.hasResourceProperties("AWS::ApiGatewayV2::Stage", {
      AccessLogSettings: { DestinationArn: { "Fn::GetAtt": [Match.stringLikeRegexp("AccessLogs"), "Arn"] } },
    });
    // The prefix for which API Gateway needs no entry in the account's policy on logs.
    services.hasResourceProperties("AWS::Logs::LogGroup", { LogGroupName: "/aws/vendedlogs/apis/backbone-prod" });
    expect(accessLogFields(services)).toMatchObject({
      status: "$context.status",
      error: "$context.error.message",
      caller: "$context.identity.userArn",
    });
  });

  test("a stage may ask for the token of a provider instead", () => {
    const authorizer = { type: "jwt", issuer: "https://login.example.com/", audience: ["orders"] } as const;
    const config = { ...stageConfig("prod"), api: { ...stageConfig("prod").api, authorizer } };
    const template = Template.fromStack(defineBackbone(appWithoutBundling(), { config, access }).services);

    template.allResourcesProperties("AWS::ApiGatewayV2::Route", { AuthorizationType: "JWT" });
    template.hasResourceProperties("AWS::ApiGatewayV2::Authorizer", {
      JwtConfiguration: { Issuer: "https://login.example.com/", Audience: ["orders"] },
    });
    expect(accessLogFields(template)).toMatchObject({ caller: "$context.authorizer.claims.sub" });
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
    expect(environmentOf(services, "backbone-prod-order-service")).toEqual({
      KAFKA_BOOTSTRAP_SERVERS: expect.stringMatching(/SaslIam/),
      KAFKA_AUTH: "iam",
      SCHEMA_REGISTRY_URL: registryUrl,
      ORDER_EVENTS_TOPIC: "order-events",
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
        AmazonManagedKafkaEventSourceConfig: { ConsumerGroupId: "inventory.order-events" },
        StartingPosition: "TRIM_HORIZON",
        BatchSize: 100,
        MaximumBatchingWindowInSeconds: 1,
        ProvisionedPollerConfig: { MinimumPollers: 1, MaximumPollers: 6 },
        FunctionResponseTypes: ["ReportBatchItemFailures"],
        // A day before the topic's own 7 are over.
        MaximumRecordAgeInSeconds: 6 * 86_400,
        MaximumRetryAttempts: 10_000,
        DestinationConfig: { OnFailure: { Destination: "kafka://order-events.inventory.dlt" } },
      },
      DependsOn: Match.arrayWith([Match.stringLikeRegexp("^InventoryOrderEventsConsumerRoleDefaultPolicy")]),
    });
  });

  test("it is told of its group, its dead letters, its tables and how long a claim lives", () => {
    expect(environmentOf(services, "backbone-prod-inventory")).toEqual({
      KAFKA_BOOTSTRAP_SERVERS: expect.stringMatching(/SaslIam/),
      KAFKA_AUTH: "iam",
      SCHEMA_REGISTRY_URL: registryUrl,
      CONSUMER_GROUP: "inventory.order-events",
      DEAD_LETTER_TOPIC: "order-events.inventory.dlt",
      RESERVATIONS_TABLE: expect.stringMatching(/^<InventoryReservations/),
      STOCK_TABLE: expect.stringMatching(/^<InventoryStock/),
      CLAIMS_TABLE: expect.stringMatching(/^<InventoryClaims/),
      OUTBOX_TABLE: expect.stringMatching(/^<InventoryOutboxTable/),
      INVENTORY_EVENTS_TOPIC: "inventory-events",
      INITIAL_STOCK: "1000000",
      CLAIM_TTL_SECONDS: String((8 + 15 + 8 + 1) * 86_400),
      REPORT_BATCH_ITEM_FAILURES: "true", // as the mapping has it
    });
  });

  test("it may read order-events as its group, and write its dead letters", () => {
    expect(allowedBy(services, /InventoryOrderEventsConsumerRole/).filter((line) => line.startsWith("kafka"))).toEqual([
      `kafka-cluster:AlterGroup ${partArn("group", "inventory.order-events")}`,
      `kafka-cluster:Connect ${clusterArn}`,
      `kafka-cluster:DescribeClusterDynamicConfiguration ${clusterArn}`,
      `kafka-cluster:DescribeGroup ${partArn("group", "inventory.order-events")}`,
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
      "dynamodb:PutItem <InventoryOutboxTable>",
      "dynamodb:PutItem <InventoryReservations>",
      "dynamodb:PutItem <InventoryStock>",
      "dynamodb:UpdateItem <InventoryStock>",
    ]);
  });

  test("claims live whole seconds, also where a topic's retention is not", () => {
    const configs = { "retention.ms": "1500", "segment.ms": "1250" };
    const source = { name: "order-events", partitions: 1, replication: 3, configs };

    expect(claimTtl(source, Duration.seconds(1)).toSeconds()).toBe(15 * 86_400 + 6 + 1);
  });

  test.each([
    ["in segments of a day", { "segment.ms": "86400000" }, 8 + 15 + 8 + 1],
    // Kafka's default, and what an Express broker has, which lets nobody set it.
    ["in segments that nothing says", {}, 14 + 15 + 14 + 1],
  ])("claims outlive what a topic keeps for 7 days %s, and its dead letters", (_, segments, days) => {
    const configs = { "retention.ms": "604800000", ...segments };
    const source = { name: "order-events", partitions: 1, replication: 3, configs };

    expect(claimTtl(source, Duration.days(1)).toDays()).toBe(days);
  });

  test.each([{ "retention.ms": "-1" }, {}])("a source without an end to its records is refused: %o", (configs) => {
    const source = { name: "order-events", partitions: 1, replication: 3, configs };

    expect(() => claimTtl(source, Duration.days(1))).toThrow(/order-events: retention\.ms must be more than 0/);
  });
});

describe("the outbox of inventory", () => {
  test("its table's stream wakes the relay for what is put in, and not for what is deleted", () => {
    services.hasResourceProperties("AWS::DynamoDB::Table", {
      KeySchema: [
        { AttributeName: "groupKey", KeyType: "HASH" },
        { AttributeName: "sourcePosition", KeyType: "RANGE" },
      ],
      StreamSpecification: { StreamViewType: "KEYS_ONLY" },
    });
    services.hasResource("AWS::Lambda::EventSourceMapping", {
      Properties: {
        EventSourceArn: { "Fn::GetAtt": [Match.stringLikeRegexp("InventoryOutboxTable"), "StreamArn"] },
        FilterCriteria: { Filters: [{ Pattern: '{"eventName":["INSERT"]}' }] },
        StartingPosition: "TRIM_HORIZON",
        BatchSize: 100,
        ParallelizationFactor: 4,
        FunctionResponseTypes: ["ReportBatchItemFailures"],
        BisectBatchOnFunctionError: true,
        MaximumRetryAttempts: 5,
      },
      DependsOn: Match.arrayWith([Match.stringLikeRegexp("OutboxHandlerRoleDefaultPolicy")]),
    });
  });

  test("a schedule sweeps it each minute, and may", () => {
    services.hasResourceProperties("AWS::Events::Rule", { ScheduleExpression: "rate(1 minute)", State: "ENABLED" });
    services.hasResourceProperties("AWS::Lambda::Permission", { Principal: "events.amazonaws.com" });
  });

  test("the relay is told of Kafka, its table and what a sweep leaves to the stream", () => {
    expect(environmentOf(services, "backbone-prod-inventory-outbox")).toEqual({
      KAFKA_BOOTSTRAP_SERVERS: expect.stringMatching(/SaslIam/),
      KAFKA_AUTH: "iam",
      SERVICE: "inventory-outbox",
      OUTBOX_TABLE: expect.stringMatching(/^<InventoryOutboxTable/),
      SWEEP_OLDER_THAN_SECONDS: "60",
    });
  });

  test("the relay may send to inventory-events, and read and empty its table", () => {
    const allowed = allowedBy(services, /OutboxHandlerRole/).filter((line) => /^(kafka|dynamodb)/.test(line));

    expect(allowed.map((line) => line.replace(/[0-9A-F]{8}\.(Arn|StreamArn)>/, ".$1>"))).toEqual([
      "dynamodb:BatchWriteItem <InventoryOutboxTable.Arn>",
      "dynamodb:DescribeStream <InventoryOutboxTable.StreamArn>",
      "dynamodb:GetRecords <InventoryOutboxTable.StreamArn>",
      "dynamodb:GetShardIterator <InventoryOutboxTable.StreamArn>",
      "dynamodb:ListStreams *",
      "dynamodb:Query <InventoryOutboxTable.Arn>",
      "dynamodb:Scan <InventoryOutboxTable.Arn>",
      `kafka-cluster:Connect ${clusterArn}`,
      `kafka-cluster:DescribeTopic ${partArn("topic", "inventory-events")}`,
      `kafka-cluster:WriteData ${partArn("topic", "inventory-events")}`,
      `kafka-cluster:WriteDataIdempotently ${clusterArn}`,
    ]);
  });
});

test("the tables are under a key of the stage, which is kept and rotated, and which DynamoDB alone uses", () => {
  const keys = Object.entries(services.findResources("AWS::KMS::Key"));
  expect(keys.map(([, { Properties, DeletionPolicy }]) => [Properties.EnableKeyRotation, DeletionPolicy])).toEqual([
    [true, "RetainExceptOnCreate"],
  ]);
  const key = { "Fn::GetAtt": [keys[0]?.[0], "Arn"] };
  services.allResourcesProperties("AWS::DynamoDB::Table", {
    SSESpecification: { SSEEnabled: true, SSEType: "KMS", KMSMasterKeyId: key },
  });

  const uses = Object.values(services.findResources("AWS::IAM::Policy"))
    .flatMap(({ Properties }) => Properties.PolicyDocument.Statement)
    .filter(({ Action }) => String(Action).includes("kms:"));
  expect(uses).toHaveLength(5); // one for each function that has a table
  for (const { Resource, Condition } of uses) {
    expect(Resource).toEqual(key);
    expect(evaluate(Condition.StringEquals["kms:ViaService"])).toBe("dynamodb.Region.amazonaws.com");
  }
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
    ["groupKey", undefined],
    ["orderId", undefined],
    ["id", "expiresAt"],
  ]);
  services.allResources("AWS::DynamoDB::Table", {
    Properties: {
      BillingMode: "PAY_PER_REQUEST",
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
    },
    DeletionPolicy: "RetainExceptOnCreate",
    UpdateReplacePolicy: "Retain",
  });
});

test("the functions reach the brokers' IAM port, those that need a schema the registry, and log where it expires", () => {
  const rules = Object.values(services.findResources("AWS::EC2::SecurityGroupIngress")).map(({ Properties }) => {
    const source = /<(\w+?)(Handler|Consumer)/.exec(String(evaluate(Properties.SourceSecurityGroupId)))?.[1];
    const target = /(Kafka|Registry)\w*SecurityGroup/.exec(String(evaluate(Properties.GroupId)))?.[1];
    return `${source} → ${target} ${Properties.FromPort}`;
  });

  expect(rules.sort()).toEqual([
    "InventoryOrderEvents → Kafka 9098",
    "InventoryOrderEvents → Registry 443",
    "InventoryOutbox → Kafka 9098",
    "OrderService → Kafka 9098",
    "OrderService → Registry 443",
    "OrderStatusInventoryEvents → Kafka 9098",
    "OrderStatusInventoryEvents → Registry 443",
    "OrderStatusOrderEvents → Kafka 9098",
    "OrderStatusOrderEvents → Registry 443",
  ]);
  services.allResourcesProperties("AWS::Logs::LogGroup", { RetentionInDays: 30 });
});
