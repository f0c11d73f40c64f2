import { Effect, PolicyStatement } from "aws-cdk-lib/aws-iam";

/**
 * Everything that is allowed on all resources. The list is complete: each entry is a statement of its own, with its
 * reason. IAM knows no resource for the actions Describe…, List… and GetBootstrapBrokers. The other actions of ec2 have
 * resources; AWS documents them with `*`, since Lambda makes network interfaces before their ids are known. What they
 * allow is taken from the functions' own code again: `codeWithoutInterfaces`.
 */
export const unscoped = {
  /**
   * The interfaces of a function in a VPC, which Lambda makes in the function's name.
   * The actions of AWS's policy AWSLambdaVPCAccessExecutionRole.
   * https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html#configuration-vpc-permissions
   */
  functionInVpc: () => allowEverywhere(...interfaceActions, "ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets"),
  /**
   * What the pollers of an event source mapping look up and make in the cluster's subnets.
   * The ec2 actions of AWS's policy AWSLambdaMSKExecutionRole.
   * https://docs.aws.amazon.com/lambda/latest/dg/msk-permissions.html
   */
  eventSourceMapping: () =>
    allowEverywhere(
      "ec2:CreateNetworkInterface",
      "ec2:DeleteNetworkInterface",
      "ec2:DescribeNetworkInterfaces",
      "ec2:DescribeSecurityGroups",
      "ec2:DescribeSubnets",
      "ec2:DescribeVpcs",
    ),
  /**
   * The pollers of a stream's event source mapping. It lists the account's streams and knows no resource.
   * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazondynamodb.html
   */
  listStreams: () => allowEverywhere("dynamodb:ListStreams"),
  /**
   * MSK's service authorization reference names no resource type for it.
   * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonmanagedstreamingforapachekafka.html
   */
  getBootstrapBrokers: () => allowEverywhere("kafka:GetBootstrapBrokers"),
  /**
   * Makes a password and touches no secret: it has no resource type.
   * https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecretsmanager.html
   */
  randomPassword: () => allowEverywhere("secretsmanager:GetRandomPassword"),
} as const;

const interfaceActions = [
  "ec2:AssignPrivateIpAddresses",
  "ec2:CreateNetworkInterface",
  "ec2:DeleteNetworkInterface",
  "ec2:UnassignPrivateIpAddresses",
] as const;

/**
 * Refuses a function's code what its role is allowed for Lambda's sake: requests that are made with the credentials of the
 * execution environment name the function, Lambda's own do not.
 * https://docs.aws.amazon.com/lambda/latest/dg/permissions-source-function-arn.html
 */
export function codeWithoutInterfaces(functionArn: string): PolicyStatement {
  return new PolicyStatement({
    effect: Effect.DENY,
    actions: [...interfaceActions, "ec2:DescribeNetworkInterfaces", "ec2:DetachNetworkInterface"],
    resources: ["*"],
    conditions: { ArnEquals: { "lambda:SourceFunctionArn": functionArn } },
  });
}

function allowEverywhere(...actions: readonly string[]): PolicyStatement {
  return new PolicyStatement({ actions: [...actions], resources: ["*"] });
}
