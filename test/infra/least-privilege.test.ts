import { expect, test } from "vitest";
import { prodTemplates } from "./backbone.ts";
import { allowedBy } from "./statements.ts";

const networkInterfaces = [
  "ec2:AssignPrivateIpAddresses *",
  "ec2:CreateNetworkInterface *",
  "ec2:DeleteNetworkInterface *",
  "ec2:DescribeNetworkInterfaces *",
  "ec2:DescribeSubnets *",
  "ec2:UnassignPrivateIpAddresses *",
];

/** Everything that is allowed on more than a named resource; `:*` are the versions of one function. */
const wildcards = new Set([
  ...networkInterfaces,
  "dynamodb:ListStreams *",
  "ec2:DescribeSecurityGroups *",
  "ec2:DescribeVpcs *",
  "kafka:GetBootstrapBrokers *",
  "lambda:InvokeFunction <AclsHandlerFunction.Arn>:*",
  "lambda:InvokeFunction <KafkaBootstrapBrokersHandlerFunction.Arn>:*",
  "lambda:InvokeFunction <SchemaRegistrationFunction.Arn>:*",
  "secretsmanager:GetRandomPassword *",
]);

test("no role may do anything on all resources but what has no resource level", () => {
  const found = Object.values(prodTemplates())
    .flatMap((template) => allowedBy(template))
    .filter((line) => line.includes("*"))
    .map((line) => line.replace(/[0-9A-F]{8}\.Arn/, ".Arn"));

  expect(new Set(found)).toEqual(wildcards);
});

test("no function of the project has a managed policy", () => {
  const withPolicies = Object.values(prodTemplates())
    .flatMap((template) => Object.entries(template.findResources("AWS::IAM::Role")))
    .filter(([, { Properties }]) => Properties.ManagedPolicyArns !== undefined)
    .map(([id]) => id.replace(/[0-9A-F]{8}$/, ""));

  // The providers of custom resources are CDK's own.
  expect(withPolicies).toEqual([
    "CustomVpcRestrictDefaultSGCustomResourceProviderRole",
    "KafkaBootstrapBrokersProviderframeworkonEventServiceRole",
    "AclsProviderframeworkonEventServiceRole",
    "AWSCDKTriggerCustomResourceProviderCustomResourceProviderRole",
  ]);
});
