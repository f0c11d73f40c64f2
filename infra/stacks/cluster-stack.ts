import { Stack, type StackProps } from "aws-cdk-lib";
import type { IVpc } from "aws-cdk-lib/aws-ec2";
import type { Construct } from "constructs";
import { type Access, scramUserNamesOf } from "../../shared/access/index.ts";
import type { StageConfig } from "../config.ts";
import { MskCluster } from "../constructs/msk-cluster.ts";

export interface ClusterStackProps extends StackProps {
  readonly config: StageConfig;
  readonly access: Access;
  readonly vpc: IVpc;
}

/** The Kafka cluster, its SCRAM users and the addresses of its brokers. */
export class ClusterStack extends Stack {
  readonly cluster: MskCluster;

  constructor(scope: Construct, id: string, { config, access, vpc, ...props }: ClusterStackProps) {
    super(scope, id, props);
    this.cluster = new MskCluster(this, "Kafka", {
      ...config.cluster,
      clusterName: `backbone-${config.stage}`,
      vpc,
      scramUsers: scramUserNamesOf(access),
      logRetention: config.logRetention,
    });
  }
}
