import { Stack, Validations } from "aws-cdk-lib";
import { Grant } from "aws-cdk-lib/aws-iam";
import type { IKey } from "aws-cdk-lib/aws-kms";
import type { Bucket, IBucket } from "aws-cdk-lib/aws-s3";
import type { ITopic } from "aws-cdk-lib/aws-sns";
import type { IQueue } from "aws-cdk-lib/aws-sqs";
import type { CfnResource } from "aws-cdk-lib/core";
import type { NodeFunction } from "./node-function.ts";

/**
 * Where the mapping puts what it gives up: retried in vain, too old to be retried, or too large. At most one; without one
 * it is dropped. In provisioned mode each takes `retryAttempts`, since Lambda would make 10 of no end.
 * https://docs.aws.amazon.com/lambda/latest/dg/kafka-on-failure.html
 */
export interface OffloadSettings {
  /**
   * To the service's dead-letter topic: each record whole, redriven like any other. Of provisioned mode.
   * https://docs.aws.amazon.com/lambda/latest/dg/kafka-on-failure-destination.html
   *
   * @default false
   */
  readonly offloadToDeadLetters?: boolean;
  /**
   * To a bucket, below `aws/lambda/`: the batch as the function got it, and what is known of the failure. The class beside
   * its interface: see the note on CDK's interfaces in network-stack.ts.
   *
   * @default none
   */
  readonly offloadToBucket?: IBucket | Bucket;
  /**
   * To a queue, without the records: topic, partition and offsets, to be read while the topic has them. The pollers write
   * it from the cluster's network: in a stage without NAT gateways, that needs an interface endpoint of SQS, which
   * service-endpoints.ts does not make. https://docs.aws.amazon.com/lambda/latest/dg/kafka-on-failure.html
   *
   * @default none
   */
  readonly offloadToQueue?: IQueue;
  /**
   * To a topic of SNS, what a queue gets; without NAT gateways, an interface endpoint of SNS is needed in the same way.
   *
   * @default none
   */
  readonly offloadToSns?: ITopic;
}

const names = ["offloadToDeadLetters", "offloadToBucket", "offloadToQueue", "offloadToSns"] as const;

/** Which of the destinations the settings name. */
export function destinationsOf(settings: OffloadSettings): (typeof names)[number][] {
  return names.filter((name) => settings[name] !== undefined && settings[name] !== false);
}

/**
 * The ARN of the destination, and what the function's role needs for it: the pollers write in its name.
 *
 * @param deadLetterTopic of the same cluster; who may consume may write it, so it needs no grant
 */
export function offload(settings: OffloadSettings, deadLetterTopic: string, handler: NodeFunction): string | undefined {
  const { offloadToDeadLetters, offloadToBucket, offloadToQueue, offloadToSns } = settings;
  if (offloadToDeadLetters) return `kafka://${deadLetterTopic}`;
  if (offloadToBucket !== undefined) {
    allow(handler, ["s3:PutObject"], offloadToBucket.arnForObjects("aws/lambda/*"));
    allow(handler, ["s3:ListBucket"], offloadToBucket.bucketArn);
    allowKey(handler, offloadToBucket.encryptionKey, "kms:GenerateDataKey");
    acknowledgePrefix(handler, offloadToBucket);
    return offloadToBucket.bucketArn;
  }
  if (offloadToQueue !== undefined) {
    allow(handler, ["sqs:SendMessage"], offloadToQueue.queueArn);
    allowKey(handler, offloadToQueue.encryptionMasterKey, "kms:Decrypt", "kms:GenerateDataKey");
    return offloadToQueue.queueArn;
  }
  if (offloadToSns !== undefined) {
    allow(handler, ["sns:Publish"], offloadToSns.topicArn);
    allowKey(handler, offloadToSns.masterKey, "kms:Decrypt", "kms:GenerateDataKey");
    return offloadToSns.topicArn;
  }
  return undefined;
}

function allow(grantee: NodeFunction, actions: string[], resource: string): void {
  Grant.addToPrincipal({ grantee, actions, resourceArns: [resource] }).assertSuccess();
}

function allowKey(handler: NodeFunction, key: IKey | undefined, ...actions: string[]): void {
  if (key !== undefined) allow(handler, actions, key.keyArn);
}

/** Of a bucket of the same stack; how another is named there only its own stack knows. */
function acknowledgePrefix(handler: NodeFunction, bucket: IBucket | Bucket): void {
  const resource = bucket.node.defaultChild;
  if (resource === undefined || Stack.of(bucket) !== Stack.of(handler)) return;
  const id = Stack.of(bucket).getLogicalId(resource as CfnResource);
  Validations.of(handler).acknowledge({
    id: `AwsSolutions-IAM5[Resource::<${id}.Arn>/aws/lambda/*]`,
    reason: "the names of the objects are Lambda's, all of them below this",
  });
}
