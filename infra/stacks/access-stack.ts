import { Stack, type StackProps } from "aws-cdk-lib";
import type { Construct } from "constructs";
import { type Access, topicsOf } from "../../shared/access/index.ts";
import { KafkaTopics } from "../constructs/kafka-topics.ts";
import type { MskCluster } from "../constructs/msk-cluster.ts";

export interface AccessStackProps extends StackProps {
  readonly access: Access;
  readonly cluster: MskCluster;
}

/** What the access file makes of the cluster: its topics and their dead-letter topics. */
export class AccessStack extends Stack {
  readonly topics: KafkaTopics;

  constructor(scope: Construct, id: string, { access, cluster, ...props }: AccessStackProps) {
    super(scope, id, props);
    this.topics = new KafkaTopics(this, "Topics", { cluster, topics: topicsOf(access) });
  }
}
