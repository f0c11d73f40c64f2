import type { Template } from "aws-cdk-lib/assertions";
import { expect, test } from "vitest";
import { stageNames } from "../../infra/config.ts";
import { templatesOf } from "./backbone.ts";
import { clusterArn } from "./evaluate.ts";
import { allowedBy } from "./statements.ts";

// Who may do what on which resource, written down by hand: a line is a resource and the actions on it. Wildcards are in
// least-privilege.test.ts, each with the reason of its entry in infra/constructs/unscoped-actions.ts.

const interfaces =
  "ec2 *: AssignPrivateIpAddresses CreateNetworkInterface DeleteNetworkInterface DescribeNetworkInterfaces DescribeSubnets UnassignPrivateIpAddresses";
const pollers =
  "ec2 *: AssignPrivateIpAddresses CreateNetworkInterface DeleteNetworkInterface DescribeNetworkInterfaces DescribeSecurityGroups DescribeSubnets DescribeVpcs UnassignPrivateIpAddresses";

const ownLogs = (name: string) => `logs <${name}Logs.Arn>: CreateLogStream PutLogEvents`;
const provider = (handler: string) => [
  `lambda <${handler}.Arn>: GetFunction InvokeFunction`,
  `lambda <${handler}.Arn>:*: InvokeFunction`,
];
const producer = (topic: string) => [
  "kafka-cluster cluster: Connect WriteDataIdempotently",
  `kafka-cluster topic/${topic}: DescribeTopic WriteData`,
];
const consumer = (service: string, topic: string, group: string) => [
  pollers,
  "kafka *: GetBootstrapBrokers",
  "kafka cluster: DescribeCluster DescribeClusterV2",
  "kafka-cluster cluster: Connect DescribeClusterDynamicConfiguration WriteDataIdempotently",
  `kafka-cluster group/${group}: AlterGroup DescribeGroup`,
  `kafka-cluster topic/${topic}: DescribeTopic ReadData`,
  `kafka-cluster topic/${topic}.${service}.dlt: DescribeTopic WriteData`,
];
const statusTables = [
  "dynamodb <OrderStatusClaims.Arn>: GetItem PutItem",
  "dynamodb <OrderStatusStatuses.Arn>: UpdateItem",
];

const table: Readonly<Record<string, readonly string[]>> = {
  VpcFlowLogsIAMRole: ["logs <FlowLogs.Arn>: CreateLogStream DescribeLogStreams PutLogEvents"],
  CustomVpcRestrictDefaultSGCustomResourceProviderRole: [
    "ec2 arn:Partition:ec2:Region:AccountId:security-group/<Vpc.DefaultSecurityGroup>: AuthorizeSecurityGroupEgress AuthorizeSecurityGroupIngress RevokeSecurityGroupEgress RevokeSecurityGroupIngress",
  ],
  KafkaBootstrapBrokersHandlerRole: ["kafka *: GetBootstrapBrokers", ownLogs("KafkaBootstrapBrokersHandler")],
  KafkaBootstrapBrokersProviderframeworkonEventServiceRole: provider("KafkaBootstrapBrokersHandlerFunction"),
  AclsHandlerRole: [interfaces, "kafka-cluster cluster: AlterCluster Connect DescribeCluster", ownLogs("AclsHandler")],
  AclsProviderframeworkonEventServiceRole: provider("AclsHandlerFunction"),
  SchemaRegistryTaskTaskRole: [],
  SchemaRegistryTaskExecutionRole: [
    "kms <ScramUsersKey>: Decrypt",
    ownLogs("SchemaRegistry"),
    "secretsmanager <ScramUsersschemaregistry>: DescribeSecret GetSecretValue",
  ],
  SchemaRegistrationRole: [interfaces, ownLogs("SchemaRegistration")],
  AWSCDKTriggerCustomResourceProviderCustomResourceProviderRole: [
    "lambda <SchemaRegistrationFunction.Arn>:*: InvokeFunction",
  ],
  OrderServiceHandlerRole: [interfaces, ...producer("order-events"), ownLogs("OrderServiceHandler")],
  InventoryOutboxHandlerRole: [
    "dynamodb *: ListStreams",
    "dynamodb <InventoryOutboxTable.Arn>: BatchWriteItem Query Scan",
    "dynamodb <InventoryOutboxTable.StreamArn>: DescribeStream GetRecords GetShardIterator",
    interfaces,
    ...producer("inventory-events"),
    ownLogs("InventoryOutboxHandler"),
  ],
  InventoryOrderEventsConsumerRole: [
    "dynamodb <InventoryClaims.Arn>: GetItem PutItem",
    "dynamodb <InventoryOutboxTable.Arn>: PutItem",
    "dynamodb <InventoryReservations.Arn>: PutItem",
    "dynamodb <InventoryStock.Arn>: BatchGetItem PutItem UpdateItem",
    ...consumer("inventory", "order-events", "inventory"),
    ownLogs("InventoryOrderEventsConsumer"),
  ],
  OrderStatusOrderEventsConsumerRole: [
    ...statusTables,
    ...consumer("order-status", "order-events", "order-status.order-events"),
    ownLogs("OrderStatusOrderEventsConsumer"),
  ],
  OrderStatusInventoryEventsConsumerRole: [
    ...statusTables,
    ...consumer("order-status", "inventory-events", "order-status.inventory-events"),
    ownLogs("OrderStatusInventoryEventsConsumer"),
  ],
  OrderStatusApiRole: ["dynamodb <OrderStatusStatuses.Arn>: GetItem", ownLogs("OrderStatusApi")],
};

test.each(stageNames)("every role of %s may do what the table says, and nothing else", (stage) => {
  const roles = Object.values(templatesOf(stage)).flatMap((template) =>
    Object.keys(template.findResources("AWS::IAM::Role")).map((id) => [withoutHash(id), grantsOf(template, id)]),
  );

  const sorted = Object.entries(table).map(([role, lines]) => [role, [...lines].sort()]);
  expect(Object.fromEntries(roles)).toEqual(Object.fromEntries(sorted));
});

/** What a role may do, as lines of the table. */
function grantsOf(template: Template, role: string): string[] {
  const allowed = allowedBy(template, new RegExp(`"${role}"|^${role}$`)).map((line) => {
    const [, service = "", action = "", resource = ""] = /^([\w-]+):(\w+) (.*)$/.exec(line) ?? [];
    return { action, target: `${service} ${short(resource)}` };
  });
  return [...Map.groupBy(allowed, ({ target }) => target)]
    .map(([target, grants]) => `${target}: ${[...new Set(grants.map(({ action }) => action))].sort().join(" ")}`)
    .sort();
}

function short(resource: string): string {
  const [region, path] = clusterArn.split(":cluster/");
  return resource
    .replace(clusterArn, "cluster")
    .replace(`${region}:`, "")
    .replace(`/${path}/`, "/")
    .replace(/<[\w-]+:ExportsOutput(?:Ref|FnGetAtt)Kafka(\w+?)[0-9A-F]{8}(?:Arn)?(?:[0-9A-F]{8})?>/, "<$1>")
    .replace(/[0-9A-F]{8}(?=[.>])/g, "");
}

function withoutHash(id: string): string {
  return id.replace(/[0-9A-F]{8}$/, "");
}
