import type { Template } from "aws-cdk-lib/assertions";
import { expect, test } from "vitest";
import { templatesOf } from "./backbone.ts";
import { clusterArn, evaluate } from "./evaluate.ts";
import { allowedBy } from "./statements.ts";

// Who may do what on which resource, written down by hand: a line is a resource and the actions on it. Wildcards are in
// least-privilege.test.ts, each with the reason of its entry in infra/constructs/unscoped-actions.ts.

/** What Lambda does with a function's role, and the function itself may not. */
const notTheCode = (name: string) =>
  `deny ec2 * if ArnEquals lambda:SourceFunctionArn=${name}: AssignPrivateIpAddresses CreateNetworkInterface DeleteNetworkInterface DescribeNetworkInterfaces DetachNetworkInterface UnassignPrivateIpAddresses`;
const interfaces = (name: string) => [
  "ec2 *: AssignPrivateIpAddresses CreateNetworkInterface DeleteNetworkInterface DescribeNetworkInterfaces DescribeSubnets UnassignPrivateIpAddresses",
  notTheCode(name),
];
const pollers = (name: string) => [
  "ec2 *: AssignPrivateIpAddresses CreateNetworkInterface DeleteNetworkInterface DescribeNetworkInterfaces DescribeSecurityGroups DescribeSubnets DescribeVpcs UnassignPrivateIpAddresses",
  notTheCode(name),
];

const ownLogs = (name: string) => `logs <${name}Logs.Arn>: CreateLogStream PutLogEvents`;
/** Of CDK's own functions alone, which make custom resources. */
const basicExecution = "managed service-role/AWSLambdaBasicExecutionRole";
const provider = (handler: string) => [
  `lambda <${handler}.Arn>: GetFunction InvokeFunction`,
  `lambda <${handler}.Arn>:*: InvokeFunction`,
  basicExecution,
];
const producer = (topic: string) => [
  "kafka-cluster cluster: Connect WriteDataIdempotently",
  `kafka-cluster topic/${topic}: DescribeTopic WriteData`,
];
const consumer = (service: string, topic: string, group: string, name: string) => [
  ...pollers(name),
  "kafka *: GetBootstrapBrokers",
  "kafka cluster: DescribeCluster DescribeClusterV2",
  "kafka-cluster cluster: Connect DescribeClusterDynamicConfiguration WriteDataIdempotently",
  `kafka-cluster group/${group}: AlterGroup DescribeGroup`,
  `kafka-cluster topic/${topic}: DescribeTopic ReadData`,
  `kafka-cluster topic/${topic}.${service}.dlt: DescribeTopic WriteData`,
];
const tableKey = "kms <TableKey.Arn> if StringEquals kms:ViaService=dynamodb.Region.amazonaws.com";
const readsTables = `${tableKey}: Decrypt DescribeKey`;
const writesTables = `${tableKey}: Decrypt DescribeKey Encrypt GenerateDataKey ReEncryptFrom ReEncryptTo`;
const statusTables = [
  writesTables,
  "dynamodb <OrderStatusClaims.Arn>: GetItem PutItem",
  "dynamodb <OrderStatusStatuses.Arn>: UpdateItem",
];

const table: Readonly<Record<string, readonly string[]>> = {
  VpcFlowLogsIAMRole: ["logs <FlowLogs.Arn>: CreateLogStream DescribeLogStreams PutLogEvents"],
  CustomVpcRestrictDefaultSGCustomResourceProviderRole: [
    "ec2 arn:Partition:ec2:Region:AccountId:security-group/<Vpc.DefaultSecurityGroup>: AuthorizeSecurityGroupEgress AuthorizeSecurityGroupIngress RevokeSecurityGroupEgress RevokeSecurityGroupIngress",
    basicExecution,
  ],
  KafkaBootstrapBrokersHandlerRole: ["kafka *: GetBootstrapBrokers", ownLogs("KafkaBootstrapBrokersHandler")],
  KafkaBootstrapBrokersProviderframeworkonEventServiceRole: provider("KafkaBootstrapBrokersHandlerFunction"),
  AclsHandlerRole: [
    ...interfaces("kafka-acls"),
    "kafka-cluster cluster: AlterCluster Connect DescribeCluster",
    ownLogs("AclsHandler"),
  ],
  AclsProviderframeworkonEventServiceRole: provider("AclsHandlerFunction"),
  SchemaRegistryTaskTaskRole: [],
  SchemaRegistryTaskExecutionRole: [
    "kms <ScramUsersKey> if StringEquals kms:ViaService=secretsmanager.Region.amazonaws.com: Decrypt",
    ownLogs("SchemaRegistry"),
    "secretsmanager <ScramUsersOfschemaregistryParameter>: DescribeSecret GetSecretValue",
  ],
  SchemaRegistrationRole: [...interfaces("schema-registration"), ownLogs("SchemaRegistration")],
  AWSCDKTriggerCustomResourceProviderCustomResourceProviderRole: [
    "lambda <SchemaRegistrationFunction.Arn>:*: InvokeFunction",
    basicExecution,
  ],
  OrderServiceHandlerRole: [
    ...interfaces("order-service"),
    ...producer("order-events"),
    ownLogs("OrderServiceHandler"),
  ],
  InventoryOutboxHandlerRole: [
    "dynamodb *: ListStreams",
    "dynamodb <InventoryOutboxTable.Arn>: BatchWriteItem Query Scan",
    "dynamodb <InventoryOutboxTable.StreamArn>: DescribeStream GetRecords GetShardIterator",
    writesTables,
    ...interfaces("inventory-outbox"),
    ...producer("inventory-events"),
    ownLogs("InventoryOutboxHandler"),
  ],
  InventoryOrderEventsConsumerRole: [
    "dynamodb <InventoryClaims.Arn>: GetItem PutItem",
    "dynamodb <InventoryOutboxTable.Arn>: PutItem",
    "dynamodb <InventoryReservations.Arn>: PutItem",
    "dynamodb <InventoryStock.Arn>: BatchGetItem PutItem UpdateItem",
    writesTables,
    ...consumer("inventory", "order-events", "inventory.order-events", "inventory"),
    ownLogs("InventoryOrderEventsConsumer"),
  ],
  OrderStatusOrderEventsConsumerRole: [
    ...statusTables,
    ...consumer("order-status", "order-events", "order-status.order-events", "order-status-order-events"),
    ownLogs("OrderStatusOrderEventsConsumer"),
  ],
  OrderStatusInventoryEventsConsumerRole: [
    ...statusTables,
    ...consumer("order-status", "inventory-events", "order-status.inventory-events", "order-status-inventory-events"),
    ownLogs("OrderStatusInventoryEventsConsumer"),
  ],
  OrderStatusApiRole: ["dynamodb <OrderStatusStatuses.Arn>: GetItem", readsTables, ownLogs("OrderStatusApi")],
};

const rotation = (user: string, handler: string, secret: string, key: string) => [
  ...interfaces(`rotate-${user}`),
  `kms <${key}> if StringEquals kms:ViaService=secretsmanager.Region.amazonaws.com and StringEquals kms:EncryptionContext:SecretARN=<${secret}>: Decrypt GenerateDataKey`,
  ownLogs(handler),
  "secretsmanager *: GetRandomPassword",
  `secretsmanager <${secret}>: DescribeSecret GetSecretValue PutSecretValue UpdateSecretVersionStage`,
];

/**
 * Passwords change by themselves in prod alone. The key is the users' in its own stack, and an import elsewhere; of a
 * secret another stack has the ARN from Systems Manager.
 */
const tableOfProd: typeof table = {
  ...table,
  RotatedeadletteroperatorsHandlerRole: rotation(
    "dead-letter-operators",
    "RotatedeadletteroperatorsHandler",
    "KafkaScramUsersSecretsdeadletteroperators",
    "KafkaScramUsersKey.Arn",
  ),
  ScramRotationHandlerRole: [
    "ecs <SchemaRegistryService>: UpdateService",
    ...rotation("schema-registry", "ScramRotationHandler", "ScramUsersOfschemaregistryParameter", "ScramUsersKey"),
  ],
};

test.each([
  ["dev", table],
  ["prod", tableOfProd],
])("every role of %s may do what the table says, and nothing else", (stage, expected) => {
  const roles = Object.values(templatesOf(stage)).flatMap((template) =>
    Object.keys(template.findResources("AWS::IAM::Role")).map((id) => [withoutHash(id), grantsOf(template, id)]),
  );

  const sorted = Object.entries(expected).map(([role, lines]) => [role, [...lines].sort()]);
  expect(Object.fromEntries(roles)).toEqual(Object.fromEntries(sorted));
});

/** What a role may do and is denied, as lines of the table. */
function grantsOf(template: Template, role: string): string[] {
  const allowed = allowedBy(template, new RegExp(`"${role}"|^${role}$`)).map((line) => {
    const [, effect = "", service = "", action = "", resource = ""] = /^(deny )?([\w-]+):(\w+) (.*)$/.exec(line) ?? [];
    return { action, target: `${effect}${service} ${short(resource)}` };
  });
  const lines = [...Map.groupBy(allowed, ({ target }) => target)].map(
    ([target, grants]) => `${target}: ${[...new Set(grants.map(({ action }) => action))].sort().join(" ")}`,
  );
  const { ManagedPolicyArns = [] } = template.findResources("AWS::IAM::Role")[role]?.Properties ?? {};
  const managed = [ManagedPolicyArns].flat().map((arn) => `managed ${String(evaluate(arn)).split(":policy/")[1]}`);
  return [...lines, ...managed].sort();
}

function short(resource: string): string {
  const [region, path] = clusterArn.split(":cluster/");
  return resource
    .replace(clusterArn, "cluster")
    .replace(`${region}:`, "")
    .replace(/arn:Partition:lambda:Region:AccountId:function:backbone-(dev|prod)-/, "")
    .replace(`/${path}/`, "/")
    .replace(/(?<=<ScramUsersOf)backbone(dev|prod)/g, "")
    .replace(/<[\w-]+:ExportsOutput(?:Ref|FnGetAtt)Kafka(\w+?)[0-9A-F]{8}(?:Arn)?(?:[0-9A-F]{8})?>/g, "<$1>")
    .replace(/[0-9A-F]{8}(?=[.>])/g, "");
}

function withoutHash(id: string): string {
  return id.replace(/[0-9A-F]{8}$/, "");
}
