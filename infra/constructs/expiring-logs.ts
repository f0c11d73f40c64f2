import { CfnResource, RemovalPolicy, type Stack } from "aws-cdk-lib";
import { CfnFunction } from "aws-cdk-lib/aws-lambda";
import { LogGroup, type RetentionDays } from "aws-cdk-lib/aws-logs";

/**
 * Gives the functions that CDK itself has put into a stack, which take no log group, one whose entries expire. Lambda
 * would make one that keeps them for ever, and that stays when the stack is gone.
 */
export function expireLogs(stack: Stack, retention: RetentionDays): void {
  for (const resource of stack.node.findAll().filter(isFunctionOfCdk)) {
    const { logGroupName } = new LogGroup(resource, "Logs", { retention, removalPolicy: RemovalPolicy.DESTROY });
    resource.addPropertyOverride("LoggingConfig.LogGroup", logGroupName);
  }
}

/** Its custom resource providers define theirs as bare resources; every other function is a CfnFunction. */
function isFunctionOfCdk(construct: unknown): construct is CfnResource {
  return (
    construct instanceof CfnResource &&
    construct.cfnResourceType === "AWS::Lambda::Function" &&
    !(construct instanceof CfnFunction)
  );
}
