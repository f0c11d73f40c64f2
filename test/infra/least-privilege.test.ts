import { expect, test } from "vitest";
import { templatesOf } from "./backbone.ts";
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
/** Passwords are made where they change by themselves. */
const ofProdAlone = "secretsmanager:GetRandomPassword *";

test.each(["dev", "prod"])("no role of %s may do on all resources but what is listed with its reason", (stage) => {
  const found = Object.values(templatesOf(stage))
    .flatMap((template) => allowedBy(template))
    .filter((line) => line.includes("*") && !line.startsWith("deny "))
    .map((line) => line.replace(/[0-9A-F]{8}\.Arn/, ".Arn"));

  expect(new Set(found)).toEqual(new Set([...wildcards].filter((line) => stage === "prod" || line !== ofProdAlone)));
});
