import { type CfnResource, Duration, RemovalPolicy, Stack, Validations } from "aws-cdk-lib";
import { LogGroup, type RetentionDays } from "aws-cdk-lib/aws-logs";
import { Provider } from "aws-cdk-lib/custom-resources";
import type { Construct } from "constructs";
import type { NodeFunction } from "./node-function.ts";

/** How long CloudFormation waits for an answer that was lost; by itself, an hour. Longer than any function here may take. */
export const customResourceTimeout = Duration.minutes(10);

/** Lets a function of the project make custom resources: CDK's own function stands between CloudFormation and it. */
export function createProvider(scope: Construct, handler: NodeFunction, logRetention: RetentionDays): Provider {
  const provider = new Provider(scope, "Provider", {
    onEventHandler: handler.function,
    logGroup: new LogGroup(scope, "ProviderLogs", { retention: logRetention, removalPolicy: RemovalPolicy.DESTROY }),
  });
  const { node } = handler.function;
  const functionId = Stack.of(scope).getLogicalId(node.defaultChild as CfnResource);
  Validations.of(provider).acknowledge(
    {
      id: "AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole]",
      reason: "CDK gives its provider's role this policy; it runs during deployments alone and may write logs with it",
    },
    {
      id: `AwsSolutions-IAM5[Resource::<${functionId}.Arn>:*]`,
      reason: "CDK grants the versions of the one function that it is to call",
    },
    { id: "Serverless-LambdaDLQ", reason: "a failure ends the deployment, which shows it" },
    { id: "Serverless-LambdaDefaultMemorySize", reason: "the size that CDK has chosen for its own function" },
    { id: "Serverless-LambdaTracing", reason: "it calls one function during a deployment; its logs say all" },
  );
  return provider;
}
