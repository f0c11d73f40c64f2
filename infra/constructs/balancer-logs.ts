import { ArnFormat, Duration, RemovalPolicy, Stack, Validations } from "aws-cdk-lib";
import type { ApplicationLoadBalancer } from "aws-cdk-lib/aws-elasticloadbalancingv2";
import { PolicyStatement, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import type { RetentionDays } from "aws-cdk-lib/aws-logs";
import { BlockPublicAccess, Bucket, BucketEncryption } from "aws-cdk-lib/aws-s3";
import { Construct } from "constructs";

export interface BalancerLogsProps {
  readonly balancer: ApplicationLoadBalancer;
  readonly retention: RetentionDays;
}

/**
 * The access logs of a load balancer, in a bucket where they expire. CDK's own `logAccessLogs` has to know the region, for
 * the accounts that wrote logs before there was a service principal; the principal writes them in every region.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html
 */
export class BalancerLogs extends Construct {
  constructor(scope: Construct, id: string, { balancer, retention }: BalancerLogsProps) {
    super(scope, id);
    const stack = Stack.of(this);
    const bucket = new Bucket(this, "Bucket", {
      // The only encryption with which load balancers write.
      encryption: BucketEncryption.S3_MANAGED,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      enforceSSL: true,
      lifecycleRules: [{ expiration: Duration.days(retention), abortIncompleteMultipartUploadAfter: Duration.days(1) }],
      // CloudFormation cannot delete a bucket that is not empty, and the balancer tries it with a file as soon as it is made:
      // the rollback of a first deployment would fail. This one empties itself, costs nothing then, and its name is generated.
      removalPolicy: RemovalPolicy.RETAIN,
    });
    Validations.of(bucket).acknowledge({
      id: "AwsSolutions-S1",
      reason: "it holds access logs itself; those of its own would need another bucket, and that one another",
    });
    bucket.addToResourcePolicy(
      new PolicyStatement({
        principals: [new ServicePrincipal("logdelivery.elasticloadbalancing.amazonaws.com")],
        actions: ["s3:PutObject"],
        resources: [bucket.arnForObjects(`AWSLogs/${stack.account}/*`)],
        // Of whose load balancers. The balancer itself cannot be named: it is made after the policy, which it tries.
        conditions: {
          ArnLike: {
            "aws:SourceArn": stack.formatArn({
              service: "elasticloadbalancing",
              resource: "loadbalancer",
              resourceName: "*",
              arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
            }),
          },
        },
      }),
    );
    balancer.setAttribute("access_logs.s3.enabled", "true");
    balancer.setAttribute("access_logs.s3.bucket", bucket.bucketName);
    if (bucket.policy !== undefined) balancer.node.addDependency(bucket.policy);
  }
}
