import { BackboneError } from "../../shared/errors.ts";
import { functionArn, functionName } from "../lambda/function-definition.ts";
import type { Ports } from "../parts/ports.ts";
import { parameterType, type Resource } from "./assembly.ts";
import { type LocalResource, localAccount, localRegion } from "./resolve.ts";

const arn = (service: string, rest: string) => `arn:aws:${service}:${localRegion}:${localAccount}:${rest}`;

const named = (property: string) => (resource: Resource) => {
  const name = resource.properties[property];
  return typeof name === "string" ? name : resource.logicalId;
};

const clusterArn = (resource: Resource) =>
  arn("kafka", `cluster/${named("ClusterName")(resource)}/00000000-0000-0000-0000-000000000000-1`);

const tableName = named("TableName");

const logicalId: LocalResource = { ref: (resource) => resource.logicalId };

/** What the references of the templates mean here, for each resource type that something local asks about. */
export function localResources(ports: Ports): ReadonlyMap<string, LocalResource> {
  const brokers = () => `127.0.0.1:${ports.kafka}`;
  return new Map<string, LocalResource>([
    ["AWS::MSK::Cluster", { ref: clusterArn, attributes: { Arn: clusterArn } }],
    ["Custom::KafkaBootstrapBrokers", { attributes: { SaslIam: brokers, SaslScram: brokers } }],
    [
      "AWS::DynamoDB::Table",
      {
        ref: tableName,
        attributes: {
          Arn: (table) => arn("dynamodb", `table/${tableName(table)}`),
          // The stream's own name is the moment of its creation.
          StreamArn: (table) => arn("dynamodb", `table/${tableName(table)}/stream/latest`),
        },
      },
    ],
    ["AWS::Lambda::Function", { ref: functionName, attributes: { Arn: functionArn } }],
    [
      "AWS::Lambda::Version",
      {
        ref: ({ stack, properties }, resolve) => arn("lambda", `function:${resolve(stack, properties.FunctionName)}:1`),
      },
    ],
    // The local registry is behind no load balancer; its own address stands for the balancer's.
    ["AWS::ElasticLoadBalancingV2::LoadBalancer", { attributes: { DNSName: () => `127.0.0.1:${ports.registry}` } }],
    [parameterType, { ref: ({ logicalId, stack }) => parameterOf(logicalId, stack.name, ports) }],
    ["AWS::SecretsManager::Secret", { ref: (secret) => arn("secretsmanager", `secret:${secret.logicalId}`) }],
    ["AWS::KMS::Key", { ...logicalId, attributes: { Arn: (key) => arn("kms", `key/${key.logicalId}`) } }],
    ["AWS::ECS::Service", logicalId],
    ["AWS::ApiGatewayV2::Api", logicalId],
    ["AWS::ApiGatewayV2::Integration", logicalId],
    ["AWS::IAM::Role", { ...logicalId, attributes: { Arn: (role) => arn("iam", `role/${role.logicalId}`) } }],
    [
      "AWS::Logs::LogGroup",
      { ...logicalId, attributes: { Arn: (group) => arn("logs", `log-group:${group.logicalId}`) } },
    ],
  ]);
}

/** What a deployment is told, and here follows from the parts. */
function parameterOf(name: string, stackName: string, ports: Ports): string {
  if (name === "DomainName") return `127.0.0.1:${ports.registry}`;
  throw new BackboneError(
    "TEMPLATE_UNSUPPORTED",
    `the parameter ${name} of stack ${stackName} has no counterpart in the local backbone`,
  );
}
