import type { Size } from "aws-cdk-lib";
import { CfnScalableTarget, CfnScalingPolicy } from "aws-cdk-lib/aws-applicationautoscaling";
import { Construct } from "constructs";

export interface StorageScalingProps {
  readonly clusterArn: string;
  /** The most that a broker's disk may become. */
  readonly limit: Size;
}

/**
 * Lets the disks of a cluster's brokers grow, by a tenth or 10 GiB, at most every six hours, while the fullest is more
 * than 60 % full. It is not kept when it leaves the template: a stage without a limit must stop growing. So the disks of a
 * cluster that outlives its stack grow no more. https://docs.aws.amazon.com/msk/latest/developerguide/msk-autoexpand.html
 */
export class StorageScaling extends Construct {
  constructor(scope: Construct, id: string, { clusterArn, limit }: StorageScalingProps) {
    super(scope, id);
    const target = new CfnScalableTarget(this, "Target", {
      serviceNamespace: "kafka",
      resourceId: clusterArn,
      scalableDimension: "kafka:broker-storage:VolumeSize",
      minCapacity: 1,
      maxCapacity: limit.toGibibytes(),
    });
    new CfnScalingPolicy(this, "Policy", {
      policyName: "BrokerVolume",
      policyType: "TargetTrackingScaling",
      scalingTargetId: target.ref,
      targetTrackingScalingPolicyConfiguration: {
        predefinedMetricSpecification: { predefinedMetricType: "KafkaBrokerStorageUtilization" },
        targetValue: 60,
        // MSK cannot take storage away.
        disableScaleIn: true,
      },
    });
  }
}
