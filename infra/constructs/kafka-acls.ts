import { CustomResource, Duration, Size } from "aws-cdk-lib";
import type { IVpc } from "aws-cdk-lib/aws-ec2";
import type { RetentionDays } from "aws-cdk-lib/aws-logs";
import { Construct } from "constructs";
import type { Acl } from "../../shared/access/index.ts";
import { createProvider, customResourceTimeout } from "./custom-resource-provider.ts";
import type { MskCluster } from "./msk-cluster.ts";
import { NodeFunction } from "./node-function.ts";

export interface KafkaAclsProps {
  readonly cluster: MskCluster;
  /** Principals that have no ACLs but these, e.g. `["User:schema-registry"]`. */
  readonly principals: readonly string[];
  readonly acls: readonly Acl[];
  readonly functionName: string;
  /** The network from which the brokers are reached. */
  readonly vpc: IVpc;
  readonly logRetention: RetentionDays;
}

/**
 * The ACLs of those that speak SCRAM. Neither CloudFormation nor the API of MSK knows ACLs, so a function in the brokers'
 * network makes them, as an IAM principal that may look at the cluster and alter it, and touch no record.
 *
 * They are kept when they leave the template, as topics are; ACLs that leave the access file are removed.
 */
export class KafkaAcls extends Construct {
  constructor(scope: Construct, id: string, { cluster, principals, acls, ...props }: KafkaAclsProps) {
    super(scope, id);
    const handler = new NodeFunction(this, "Handler", {
      ...props,
      folder: "kafka-acls",
      memory: Size.mebibytes(256),
      // What fails is tried again for 75 s, and the last attempt takes its time: at the most 5 s to connect and 10 s an
      // answer, each four times over, for three requests.
      timeout: Duration.minutes(5),
      environment: { KAFKA_BOOTSTRAP_SERVERS: cluster.bootstrap(this).saslIam, KAFKA_AUTH: "iam" },
    });
    // Kafka's DESCRIBE and ALTER on the cluster, which ACLs are under.
    // https://docs.aws.amazon.com/msk/latest/developerguide/kafka-actions.html
    cluster.grant(handler, {
      actions: ["Connect", "DescribeCluster", "AlterCluster"],
      resourceType: "CLUSTER",
      resourceName: "kafka-cluster",
      patternType: "LITERAL",
    });
    cluster.allowIamFrom(handler);

    const provider = createProvider(this, handler, props.logRetention);
    const resource = new CustomResource(this, "Acls", {
      resourceType: "Custom::KafkaAcls",
      serviceToken: provider.serviceToken,
      serviceTimeout: customResourceTimeout,
      properties: { ClusterArn: cluster.clusterArn, Principals: principals, Acls: acls },
    });
    // CDK lets a function wait for its role's policy, but not for the rule that opens the brokers to it.
    resource.node.addDependency(handler);
  }
}
