import { Stack, type StackProps } from "aws-cdk-lib";
import type { IVpc } from "aws-cdk-lib/aws-ec2";
import type { Construct } from "constructs";
import { type Access, aclsOf, scramUserNamesOf, topicsOf } from "../../shared/access/index.ts";
import type { StageConfig } from "../config.ts";
import { KafkaAcls } from "../constructs/kafka-acls.ts";
import { KafkaTopics } from "../constructs/kafka-topics.ts";
import type { MskCluster } from "../constructs/msk-cluster.ts";

export interface AccessStackProps extends StackProps {
  readonly config: StageConfig;
  readonly access: Access;
  readonly vpc: IVpc;
  readonly cluster: MskCluster;
}

/** What the access file makes of the cluster: its topics, their dead-letter topics, and the ACLs. */
export class AccessStack extends Stack {
  readonly topics: KafkaTopics;

  constructor(scope: Construct, id: string, { config, access, vpc, cluster, ...props }: AccessStackProps) {
    super(scope, id, props);
    this.topics = new KafkaTopics(this, "Topics", { cluster, topics: topicsOf(access) });
    new KafkaAcls(this, "Acls", {
      cluster,
      principals: scramUserNamesOf(access).map((name) => `User:${name}`),
      acls: aclsOf(access),
      functionName: `backbone-${config.stage}-kafka-acls`,
      vpc,
      logRetention: config.logRetention,
    });
  }
}
