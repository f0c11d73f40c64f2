import { Validations } from "aws-cdk-lib";
import { Match, Template } from "aws-cdk-lib/assertions";
import { AwsSolutionsChecks, ServerlessChecks } from "cdk-nag";
import { describe, expect, test } from "vitest";
import { defineBackbone } from "../../infra/backbone.ts";
import { checkStage } from "../../infra/check-stage.ts";
import type { StageConfig } from "../../infra/config.ts";
import { dev } from "../../infra/stages/dev.ts";
import { prod } from "../../infra/stages/prod.ts";
import { updateEffects } from "../../local/rehearsal/update-effects.ts";
import { access, appWithoutBundling } from "./backbone.ts";
import { evaluate } from "./evaluate.ts";
import { allowedBy } from "./statements.ts";

const image = { repository: "apicurio-registry", tag: "3.3.3" };

function withoutNat(stage: StageConfig): StageConfig {
  return { ...stage, natGateways: 0, registry: { ...stage.registry, image } };
}

function templatesOf(config: StageConfig): readonly Template[] {
  checkStage(config);
  return Object.values(defineBackbone(appWithoutBundling(), { config, access })).map((stack) =>
    Template.fromStack(stack),
  );
}

function propertiesOf(templates: readonly Template[], type: string) {
  return templates
    .flatMap((template) => Object.values(template.findResources(type)))
    .map(({ Properties }) => Properties);
}

/** Services of AWS that have an interface endpoint, e.g. `ecr.api`. */
function endpointsOf(templates: readonly Template[]): string[] {
  return propertiesOf(templates, "AWS::EC2::VPCEndpoint")
    .filter(({ VpcEndpointType }) => VpcEndpointType === "Interface")
    .map(({ ServiceName }) => String(evaluate(ServiceName)).replace("com.amazonaws.Region.", ""))
    .sort();
}

/**
 * What functions may do without calling it from the network: brokers are in it, DynamoDB has a gateway endpoint and uses
 * KMS itself, and logs, interfaces and descriptions of the cluster are Lambda's own calls with the function's role.
 */
const notCalled = new Set(["kafka-cluster", "dynamodb", "kms", "logs", "ec2", "kafka"]);

/** Services of AWS that functions, tasks and pollers in the network call. */
function calledIn(templates: readonly Template[]): string[] {
  const calls = templates.flatMap((template) => [
    ...Object.values(template.findResources("AWS::Lambda::Function", { Properties: { VpcConfig: Match.anyValue() } }))
      .flatMap(({ Properties }) => allowedBy(template, new RegExp(`"${Properties.Role["Fn::GetAtt"][0]}"`)))
      .filter((line) => !line.startsWith("deny "))
      .map((line) => line.split(":")[0] ?? "")
      .filter((service) => !notCalled.has(service)),
    ...Object.values(template.findResources("AWS::ECS::TaskDefinition"))
      .flatMap(({ Properties }) => Properties.ContainerDefinitions)
      .flatMap(({ Image, Secrets, LogConfiguration }) => [
        ...(String(evaluate(Image)).startsWith("AccountId.dkr.ecr.Region.") ? ["ecr.api", "ecr.dkr"] : ["internet"]),
        ...(Secrets === undefined ? [] : ["secretsmanager"]),
        ...(LogConfiguration.LogDriver === "awslogs" ? ["logs"] : []),
      ]),
    ...Object.values(template.findResources("AWS::Lambda::EventSourceMapping"))
      .filter(({ Properties }) => Properties.AmazonManagedKafkaEventSourceConfig !== undefined)
      .flatMap(({ Properties }) => (Properties.ProvisionedPollerConfig === undefined ? ["lambda", "sts"] : [])),
  ]);
  return [...new Set(calls)].sort();
}

describe.each([
  ["with provisioned pollers", prod, ["ecr.api", "ecr.dkr", "ecs", "logs", "secretsmanager"]],
  ["with pollers on demand", dev, ["ecr.api", "ecr.dkr", "lambda", "logs", "secretsmanager", "sts"]],
])("a stage without NAT gateways, %s", (_, stage, endpoints) => {
  const templates = templatesOf(withoutNat(stage));
  const [network = Template.fromJSON({})] = templates;

  test("it has a private subnet in each zone and no way to the internet", () => {
    network.resourceCountIs("AWS::EC2::Subnet", 3);
    for (const way of ["NatGateway", "InternetGateway", "EIP", "Route"]) network.resourceCountIs(`AWS::EC2::${way}`, 0);
  });

  test("there is an endpoint in every zone for exactly what is called from the network", () => {
    expect(endpointsOf(templates)).toEqual(endpoints);
    expect(calledIn(templates)).toEqual(endpoints);
    network.hasResourceProperties("AWS::EC2::VPCEndpoint", {
      VpcEndpointType: "Gateway",
      ServiceName: { "Fn::Join": ["", Match.arrayWith([".s3"])] },
    });
    for (const { PrivateDnsEnabled, SubnetIds } of propertiesOf(templates, "AWS::EC2::VPCEndpoint").filter(
      ({ VpcEndpointType }) => VpcEndpointType === "Interface",
    )) {
      expect(PrivateDnsEnabled).toBe(true);
      expect(SubnetIds).toHaveLength(3);
    }
  });

  test("the endpoints are open to the network on port 443, and to nothing else", () => {
    network.hasResourceProperties("AWS::EC2::SecurityGroup", {
      GroupDescription: Match.stringLikeRegexp("endpoints"),
      SecurityGroupIngress: [
        Match.objectLike({ CidrIp: "10.0.0.0/16", IpProtocol: "tcp", FromPort: 443, ToPort: 443 }),
      ],
      SecurityGroupEgress: [Match.objectLike({ CidrIp: "255.255.255.255/32" })],
    });
    network.resourceCountIs("AWS::EC2::SecurityGroupIngress", 0);
  });

  test("brokers, tasks, balancer and functions are in its private subnets", () => {
    const placements = [
      ...propertiesOf(templates, "AWS::MSK::Cluster").map((cluster) => cluster.BrokerNodeGroupInfo.ClientSubnets),
      ...propertiesOf(templates, "AWS::ECS::Service").map(
        (service) => service.NetworkConfiguration.AwsvpcConfiguration.Subnets,
      ),
      ...propertiesOf(templates, "AWS::ElasticLoadBalancingV2::LoadBalancer").map(({ Subnets }) => Subnets),
      ...propertiesOf(templates, "AWS::Lambda::Function").flatMap(({ VpcConfig }) =>
        VpcConfig === undefined ? [] : [VpcConfig.SubnetIds],
      ),
    ];

    expect(placements.length).toBeGreaterThan(6);
    for (const subnets of placements) {
      expect(subnets.map(evaluate)).toEqual([1, 2, 3].map((zone) => expect.stringContaining(`PrivateSubnet${zone}`)));
    }
  });

  test("cdk-nag finds nothing without a reason", () => {
    const app = appWithoutBundling();
    defineBackbone(app, { config: withoutNat(stage), access });
    Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new ServerlessChecks(app));

    expect(() => app.synth()).not.toThrow();
  });

  test("a stage that loses its gateways, or gets them back, keeps what holds data", () => {
    const before = templatesOf(stage);
    for (const [from, to] of [
      [before, templates],
      [templates, before],
    ] as const) {
      const effects = from.map((template, index) => updateEffects(template.toJSON(), to[index]?.toJSON() ?? {}));
      const lost = effects
        .flatMap(({ problems }) => problems)
        .filter((problem) => !problem.includes("VpcPublicSubnet"));
      expect(lost).toEqual([]);
    }
  });
});

test.each([image.tag, `sha256:${"0a".repeat(32)}`])("tasks may pull %s of a repository in ECR, and no other", (tag) => {
  const [, , , registry = Template.fromJSON({})] = templatesOf({
    ...prod,
    registry: { ...prod.registry, image: { ...image, tag } },
  });

  const [definition] = Object.values(registry.findResources("AWS::ECS::TaskDefinition"));
  expect(evaluate(definition?.Properties.ContainerDefinitions[0].Image)).toBe(
    `AccountId.dkr.ecr.Region.URLSuffix/apicurio-registry${tag.startsWith("sha256:") ? "@" : ":"}${tag}`,
  );
  const repository = "arn:Partition:ecr:Region:AccountId:repository/apicurio-registry";
  expect(allowedBy(registry, /ExecutionRole/).filter((line) => line.startsWith("ecr:"))).toEqual([
    `ecr:BatchCheckLayerAvailability ${repository}`,
    `ecr:BatchGetImage ${repository}`,
    "ecr:GetAuthorizationToken *",
    `ecr:GetDownloadUrlForLayer ${repository}`,
  ]);
});

test("dev and prod have gateways, and no endpoints that would cost beside them", () => {
  for (const stage of [dev, prod]) expect(endpointsOf(templatesOf(stage))).toEqual([]);
});

test.each<[Partial<StageConfig>, string]>([
  [
    { natGateways: 0 },
    "registry.image: must be { repository, tag } in ECR, since tasks reach no other without NAT gateways, " +
      `got "${prod.registry.image}"`,
  ],
  [
    { registry: { ...prod.registry, image: "111122223333.dkr.ecr.eu-central-1.amazonaws.com/apicurio:3.3.3" } },
    "registry.image: must be { repository, tag } for an image in ECR, on which tasks get grants",
  ],
  [
    { registry: { ...prod.registry, image: { ...image, tag: "latest" } } },
    "registry.image.tag: must be a digest, or a tag other",
  ],
  [
    { registry: { ...prod.registry, image: { ...image, repository: "A" } } },
    "registry.image.repository: must be a name",
  ],
])("%j is refused", (changed, message) => {
  expect(() => checkStage({ ...prod, ...changed })).toThrow(message);
});
