import { Duration, Size } from "aws-cdk-lib";
import { Match } from "aws-cdk-lib/assertions";
import { describe, expect, test } from "vitest";
import { checkStage } from "../../infra/check-stage.ts";
import { type StageConfig, stageConfig, stageNames } from "../../infra/config.ts";
import { dev } from "../../infra/stages/dev.ts";
import { prod } from "../../infra/stages/prod.ts";
import { templatesOf } from "./backbone.ts";

describe("dev", () => {
  const { network, cluster, access, schemaRegistry, services } = templatesOf("dev");

  test("it has one NAT gateway, three of the smallest brokers that KRaft runs on, and one registry task", () => {
    network.resourceCountIs("AWS::EC2::NatGateway", 1);
    cluster.hasResourceProperties("AWS::MSK::Cluster", {
      ClusterName: "backbone-dev",
      NumberOfBrokerNodes: 3,
      BrokerNodeGroupInfo: {
        InstanceType: "kafka.m7g.large",
        StorageInfo: { EBSStorageInfo: { VolumeSize: 10 } },
      },
    });
    schemaRegistry.hasResourceProperties("AWS::ECS::Service", { DesiredCount: 1 });
    schemaRegistry.hasResourceProperties("AWS::ECS::TaskDefinition", { Cpu: "512", Memory: "1024" });
  });

  test("its mappings are on demand, and their functions know that a batch comes again whole", () => {
    const mappings = Object.values(services.findResources("AWS::Lambda::EventSourceMapping"))
      .map(({ Properties }) => Properties)
      .filter(({ AmazonManagedKafkaEventSourceConfig: kafka }) => kafka !== undefined);
    expect(mappings.length).toBeGreaterThan(0);
    for (const mapping of mappings) {
      expect(mapping).not.toHaveProperty("ProvisionedPollerConfig");
      expect(mapping).not.toHaveProperty("FunctionResponseTypes");
      expect(mapping).not.toHaveProperty("DestinationConfig");
    }
    services.hasResourceProperties("AWS::Lambda::Function", {
      FunctionName: "backbone-dev-inventory",
      Environment: { Variables: { REPORT_BATCH_ITEM_FAILURES: "false" } },
    });
  });

  test("orders stay a day, claims as long as their records can come again, logs three days", () => {
    const [orders] = Object.values(
      access.findResources("AWS::MSK::Topic", { Properties: { TopicName: "order-events" } }),
    );
    expect(Buffer.from(orders?.Properties.Configs, "base64").toString()).toContain("retention.ms=86400000");
    services.hasResourceProperties("AWS::Lambda::Function", {
      Environment: { Variables: { CLAIM_TTL_SECONDS: String((2 + 15 + 2 + 1) * 86_400) } },
    });
    for (const template of [cluster, schemaRegistry, services]) {
      template.allResourcesProperties("AWS::Logs::LogGroup", { RetentionInDays: 3 });
    }
  });

  test("no function reserves executions, which an account with a quota of 10 refuses", () => {
    services.allResourcesProperties("AWS::Lambda::Function", { ReservedConcurrentExecutions: Match.absent() });
  });

  test("what holds data is kept here, too", () => {
    for (const [template, type] of [
      [cluster, "AWS::MSK::Cluster"],
      [access, "AWS::MSK::Topic"],
      [services, "AWS::DynamoDB::Table"],
    ] as const) {
      template.allResources(type, { DeletionPolicy: "RetainExceptOnCreate", UpdateReplacePolicy: "Retain" });
    }
  });
});

test.each(stageNames)(
  "a deployment of %s that fails can be repeated: its rollback keeps no name that is taken",
  (stage) => {
    const resources = Object.values(templatesOf(stage)).flatMap((template) =>
      Object.values<{ Type: string; DeletionPolicy?: string; Properties?: { BucketName?: string } }>(
        template.toJSON().Resources,
      ),
    );
    // Kept: the balancer has written into it to try it, so that it cannot be deleted.
    const [buckets, others] = [true, false].map((bucket) =>
      resources.filter(({ Type }) => (Type === "AWS::S3::Bucket") === bucket),
    );

    expect(buckets?.map(({ DeletionPolicy, Properties }) => [DeletionPolicy, Properties?.BucketName])).toEqual([
      ["Retain", undefined],
    ]);
    expect(new Set(others?.map(({ DeletionPolicy }) => DeletionPolicy))).toEqual(
      new Set([undefined, "Delete", "RetainExceptOnCreate"]),
    );
  },
);

test.each(stageNames)("every function of %s logs where it expires", (stage) => {
  const retentions = Object.values(templatesOf(stage)).flatMap((template) => {
    const groups = template.findResources("AWS::Logs::LogGroup");
    return Object.values(template.findResources("AWS::Lambda::Function")).map(
      ({ Properties }) => groups[Properties.LoggingConfig?.LogGroup?.Ref]?.Properties.RetentionInDays,
    );
  });

  expect(new Set(retentions)).toEqual(new Set([stageConfig(stage).logRetention]));
});

describe("a stage's settings", () => {
  test("those of the project are sound", () => {
    for (const stage of [dev, prod]) checkStage(stage);
  });

  test.each<[Partial<StageConfig>, string]>([
    [{ stage: "Prod" }, 'stage: must be 1 to 20 small letters, digits and hyphens, a letter first, got "Prod"'],
    [{ availabilityZones: ["a", "b", "a"] }, "availabilityZones: must be three different ones, got a, b, a"],
    [{ natGateways: 4 }, "natGateways: must be a whole number from 0 to 3, got 4"],
    [
      { cluster: { ...prod.cluster, kafkaVersion: "3.9.x" } },
      "cluster.kafkaVersion: must be one of KRaft, 3.7.x.kraft or later",
    ],
    [{ cluster: { ...prod.cluster, instanceType: "kafka.t3.small" } }, "express.m7g, got 'kafka.t3.small'"],
    [
      { cluster: { ...prod.cluster, brokers: 4 } },
      "cluster.brokers: must be a multiple of 3, the zones, at most 60, got 4",
    ],
    [
      { cluster: { ...prod.cluster, brokerVolume: Size.tebibytes(17) } },
      "cluster.brokerVolume: must be a whole number from 1 to 16384 GiB, got 17408",
    ],
    [{ registry: { ...prod.registry, image: "apicurio/apicurio-registry" } }, "with a tag other than latest"],
    [{ registry: { ...prod.registry, tasks: 0 } }, "registry.tasks: must be a whole number from 1 to 10, got 0"],
    [{ registry: { ...prod.registry, cpu: 1000 } }, "registry.cpu: must be one of 512, 1024, 2048, 4096, got 1000"],
    [{ registry: { ...prod.registry, memory: Size.gibibytes(1) } }, "from 2 to 8 GiB, got 1"],
    [{ registry: { ...prod.registry, maxTasks: 1 } }, "registry.maxTasks: must be a whole number from 2 to 10, got 1"],
    [{ registry: { ...prod.registry, memory: Size.kibibytes(2_500_000) } }, "from 2 to 8 GiB, got 2.38418"],
    [{ availabilityZones: JSON.parse('["a", "b", "c", "d"]') }, "must be three different ones, got a, b, c, d"],
    [
      { api: { ...prod.api, authorizer: { type: "jwt", issuer: "http://login", audience: [] } } },
      'issuer: must be an https address, got "http://login"; api.authorizer.audience: must have one client at least',
    ],
    [
      { scramRotation: { "schema-registry": Duration.hours(3) } },
      "scramRotation.schema-registry: must be a whole number from 4 to 23976 hours, got 3",
    ],
    [{ scramRotation: { billing: Duration.minutes(330) } }, "scramRotation.billing: must be a whole number from 4"],
    [{ scramRotation: { billing: Duration.days(1_000) } }, "scramRotation.billing: must be a whole number from 4"],
    [{ api: { ...prod.api, requestsPerSecond: 0 } }, "api.requestsPerSecond: must be a whole number from 1 to 10000"],
    [{ api: { ...prod.api, concurrency: 0 } }, "api.concurrency: must be a whole number from 1 to 10000, got 0"],
    [
      { inventory: { ...prod.inventory, claimMargin: Duration.millis(1_500) } },
      "inventory.claimMargin: must be whole seconds, got 1.5",
    ],
    [
      { orderStatus: { ...prod.orderStatus, claimMargin: Duration.millis(1) } },
      "orderStatus.claimMargin: must be whole seconds, got 0.001",
    ],
  ])("%j is refused", (changed, message) => {
    expect(() => checkStage({ ...prod, ...changed })).toThrow(message);
  });

  test.each<[Partial<StageConfig>, string]>([
    [{ registry: { ...prod.registry, tls: false } }, "registry.tls: must be true in a hardened stage, got false"],
    [{ registry: { ...prod.registry, tasks: 1 } }, "registry.tasks: must be 2 at least in a hardened stage, got 1"],
    [{ natGateways: 1 }, "natGateways: must be 0 or 3, one a zone in a hardened stage, got 1"],
    [{ inventory: dev.inventory }, "inventory.pollers: must be set in a hardened stage, got nothing"],
    [{ orderStatus: dev.orderStatus }, "orderStatus.pollers: must be set in a hardened stage, got nothing"],
  ])("%j is refused in a hardened stage, whatever its name, and taken in another", (changed, message) => {
    const stage = { ...prod, ...changed, stage: "production" };

    expect(() => checkStage(stage)).toThrow(message);
    expect(() => checkStage({ ...stage, hardened: false })).not.toThrow();
  });

  test("a stage that kept the name of the one it was copied from is refused: it would be deployed over that one", () => {
    const stages = { prod, qa: { ...prod, hardened: false, natGateways: 1 } };

    expect(() => stageConfig("qa", stages)).toThrow('stage qa: its file says stage: "prod", must be "qa"');
    expect(stageConfig("qa", { qa: { ...stages.qa, stage: "qa" } }).natGateways).toBe(1);
  });

  test("prod is hardened", () => {
    expect([prod.hardened, dev.hardened]).toEqual([true, false]);
  });

  // As from a file that no compiler has seen.
  test.each<[string, object, string]>([
    [
      "a misspelt key",
      { natGateway: 1 },
      "natGateway: unknown key, must be one of stage, hardened, availabilityZones,",
    ],
    [
      "a misspelt key below",
      { api: { ...prod.api, bursts: 1 } },
      "api.bursts: unknown key, must be one of requestsPer",
    ],
    ["a missing section", { registry: undefined }, 'the stage "prod": registry: missing'],
    ["a section that is a list", { registry: [] }, "registry.image: missing; registry.tasks: missing"],
    [
      "a section that is none",
      { api: 1 },
      "api: must be a mapping of requestsPerSecond, burst, concurrency, authorizer",
    ],
    ["a missing value", { cluster: { brokers: 3 } }, "cluster.kafkaVersion: missing; cluster.instanceType: missing"],
    [
      "an authorizer that there is not",
      { api: { ...prod.api, authorizer: { type: "oauth" } } },
      'the stage "prod": api.authorizer.type: must be iam or jwt, got "oauth"',
    ],
    ["no authorizer", { api: { ...prod.api, authorizer: null } }, "api.authorizer: must be a mapping, got null"],
    [
      "an authorizer without what it needs",
      { api: { ...prod.api, authorizer: { type: "jwt", issuer: "https://login.example.com" } } },
      "api.authorizer.audience: missing",
    ],
    [
      "an image of neither kind",
      { registry: { ...prod.registry, image: { repository: "registry" } } },
      "registry.image.tag: missing",
    ],
    ["no image", { registry: { ...prod.registry, image: undefined } }, 'the stage "prod": registry.image: missing'],
    [
      "an image that is a number",
      { registry: { ...prod.registry, image: 5 } },
      "registry.image: must be text or a mapping of repository, tag, got 5",
    ],
    [
      "an image that is null",
      { registry: { ...prod.registry, image: null } },
      "registry.image: must be text or a mapping of repository, tag, got null",
    ],
    ["a bigint as a number", { registry: { ...prod.registry, tasks: 3n } }, "registry.tasks: must be a number, got 3"],
    ["a bigint as the name", { stage: 3n }, "the stage 3: stage: must be text, got 3"],
    ["a bigint within", { natGateways: { prod: 3n } }, 'natGateways: must be a number, got {"prod":"3"}'],
    ["no number at all", { natGateways: Number.NaN }, "natGateways: must be a number, got NaN"],
    ["a duration as a number", { natGateways: prod.inventory.claimMargin }, "must be a number, got Duration"],
    ["a function as a number", { natGateways: () => 3 }, "natGateways: must be a number, got function"],
    ["a number as text", { natGateways: "3" }, 'natGateways: must be a number, got "3"'],
    [
      "a number as a duration",
      { inventory: { ...prod.inventory, claimMargin: 86_400 } },
      "inventory.claimMargin: must be a Duration of CDK, got 86400",
    ],
    ["days that no log is kept", { logRetention: 31 }, "logRetention: must be one of RetentionDays of CDK, got 31"],
  ])("%s is refused with its path", (_, changed, message) => {
    const refused = { code: "INVALID_OPTIONS", message: expect.stringContaining(message) };

    expect(() => checkStage(Object.assign({ ...prod }, changed))).toThrow(expect.objectContaining(refused));
  });

  test("everything that is wrong is said at once", () => {
    expect(() => checkStage({ ...prod, natGateways: 9, api: { ...prod.api, requestsPerSecond: 0, burst: 0 } })).toThrow(
      /natGateways.*api\.requestsPerSecond.*api\.burst/,
    );
  });
});
