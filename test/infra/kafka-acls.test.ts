import { Match } from "aws-cdk-lib/assertions";
import { expect, test } from "vitest";
import type { Acl } from "../../shared/access/index.ts";
import { prodTemplates, templatesOf } from "./backbone.ts";
import { clusterArn, evaluate } from "./evaluate.ts";
import { allowedBy } from "./statements.ts";

const { access } = prodTemplates();

// Written down by hand: a line is a resource and the operations that are allowed on it.
const table: Readonly<Record<string, readonly string[]>> = {
  "User:schema-registry": [
    "GROUP schema-registry-*: READ",
    "GROUP schema-registry: READ",
    "TOPIC kafkasql-journal: DESCRIBE DESCRIBE_CONFIGS READ WRITE",
    "TOPIC kafkasql-snapshots: DESCRIBE DESCRIBE_CONFIGS READ WRITE",
    "TOPIC registry-events: DESCRIBE DESCRIBE_CONFIGS WRITE",
  ],
  "User:dead-letter-operators": [
    "GROUP dead-letter-operators: READ",
    "GROUP dead-letters-*: DELETE READ",
    "TOPIC dead-letter-actions: DESCRIBE READ WRITE",
    "TOPIC inventory-events.order-status.dlt: DESCRIBE READ",
    "TOPIC inventory-events: DESCRIBE WRITE",
    "TOPIC order-events.inventory.dlt: DESCRIBE READ",
    "TOPIC order-events.order-status.dlt: DESCRIBE READ",
    "TOPIC order-events: DESCRIBE WRITE",
  ],
};

test.each(["dev", "prod"])("every SCRAM principal of %s may do what the table says, and nothing else", (stage) => {
  const [resource] = Object.values(templatesOf(stage).access.findResources("Custom::KafkaAcls"));
  const acls: readonly Acl[] = resource?.Properties.Acls;

  expect(resource?.Properties.Principals).toEqual(Object.keys(table));
  const byPrincipal = [...Map.groupBy(acls, ({ principal }) => principal)].map(([principal, own]) => [
    principal,
    linesOf(own),
  ]);
  expect(Object.fromEntries(byPrincipal)).toEqual(table);
});

function linesOf(acls: readonly Acl[]): string[] {
  const target = ({ host, resourceType, resourceName, patternType, permission }: Acl) =>
    [
      ...(permission === "ALLOW" ? [] : [permission]),
      `${resourceType} ${resourceName}${patternType === "PREFIXED" ? "*" : ""}`,
      ...(host === "*" ? [] : [`from ${host}`]),
    ].join(" ");
  return [...Map.groupBy(acls, target)]
    .map(
      ([name, own]) =>
        `${name}: ${own
          .map(({ operation }) => operation)
          .sort()
          .join(" ")}`,
    )
    .sort();
}

test("they are made by a function that may look at the cluster and alter it, and touch no record", () => {
  expect(allowedBy(access, /AclsHandler/).filter((line) => line.startsWith("kafka"))).toEqual([
    `kafka-cluster:AlterCluster ${clusterArn}`,
    `kafka-cluster:Connect ${clusterArn}`,
    `kafka-cluster:DescribeCluster ${clusterArn}`,
  ]);
});

test("it is asked only when its policy and its way to the brokers are there", () => {
  access.hasResource("Custom::KafkaAcls", {
    DependsOn: Match.arrayWith([
      Match.stringLikeRegexp("^AclsHandlerRoleDefaultPolicy"),
      Match.stringLikeRegexp("^AclsHandlerSecurityGroupIamToKafka"),
    ]),
    Properties: { ServiceTimeout: "600" },
  });
  const rules = Object.values(access.findResources("AWS::EC2::SecurityGroupIngress")).map(({ Properties }) => [
    evaluate(Properties.SourceSecurityGroupId),
    Properties.FromPort,
  ]);
  expect(rules).toEqual([[expect.stringMatching(/^<AclsHandlerSecurityGroup/), 9098]]);
});
