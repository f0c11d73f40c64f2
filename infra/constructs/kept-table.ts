import { RemovalPolicy } from "aws-cdk-lib";
import { AttributeType, BillingMode, Table } from "aws-cdk-lib/aws-dynamodb";
import type { Construct } from "constructs";

/**
 * A table of a service, on demand: it is kept when it leaves the template, and can be restored to any second.
 *
 * @param partitionKey its only key, a text
 * @param timeToLiveAttribute seconds since 1970 after which an item may go; @default items stay
 */
export function keptTable(scope: Construct, id: string, partitionKey: string, timeToLiveAttribute?: string): Table {
  return new Table(scope, id, {
    partitionKey: { name: partitionKey, type: AttributeType.STRING },
    billingMode: BillingMode.PAY_PER_REQUEST,
    pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
    removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    ...(timeToLiveAttribute === undefined ? {} : { timeToLiveAttribute }),
  });
}
