import { Match } from "aws-cdk-lib/assertions";
import { expect, test } from "vitest";
import { aclsOf } from "../../shared/access/index.ts";
import { access as accessFile, prodTemplates } from "./backbone.ts";
import { clusterArn, evaluate } from "./evaluate.ts";
import { allowedBy } from "./statements.ts";

const { access } = prodTemplates();

test("the ACLs of the access file are those of the cluster's SCRAM principals", () => {
  access.hasResourceProperties("Custom::KafkaAcls", {
    Principals: ["User:schema-registry", "User:dead-letter-operators"],
    Acls: aclsOf(accessFile),
  });
});

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
  });
  const rules = Object.values(access.findResources("AWS::EC2::SecurityGroupIngress")).map(({ Properties }) => [
    evaluate(Properties.SourceSecurityGroupId),
    Properties.FromPort,
  ]);
  expect(rules).toEqual([[expect.stringMatching(/^<AclsHandlerSecurityGroup/), 9098]]);
});
