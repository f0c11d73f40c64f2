import { CfnOutput, Stack, type StackProps } from "aws-cdk-lib";
import { type IVpc, SecurityGroup } from "aws-cdk-lib/aws-ec2";
import type { Construct } from "constructs";
import { type Access, scramUserNamesOf } from "../../shared/access/index.ts";
import type { StageConfig } from "../config.ts";
import { MskCluster } from "../constructs/msk-cluster.ts";
import { ScramRotation } from "../constructs/scram-rotation.ts";
import { registryUserOf } from "../constructs/service-access.ts";

export interface ClusterStackProps extends StackProps {
  readonly config: StageConfig;
  readonly access: Access;
  readonly vpc: IVpc;
}

/**
 * The Kafka cluster, its SCRAM users, and the way to it for operators. Passwords of users whom no stack restarts are rotated
 * here, the registry's in the stack of the registry.
 *
 * @throws BackboneError INVALID_OPTIONS if the stage rotates the password of a user that the access file does not have
 */
export class ClusterStack extends Stack {
  readonly cluster: MskCluster;
  /** For machines that operators work on and Prometheus scrapes from: it reaches the brokers, and nothing reaches it. */
  readonly operators: SecurityGroup;

  constructor(scope: Construct, id: string, { config, access, vpc, ...props }: ClusterStackProps) {
    super(scope, id, props);
    this.cluster = new MskCluster(this, "Kafka", {
      ...config.cluster,
      clusterName: `backbone-${config.stage}`,
      vpc,
      scramUsers: scramUserNamesOf(access),
      logRetention: config.logRetention,
    });
    this.#rotate(config, access, vpc);

    this.operators = new SecurityGroup(this, "OperatorsSecurityGroup", {
      vpc,
      description: "machines of operators, which reach the Kafka brokers",
      allowAllOutbound: true,
    });
    this.cluster.allowIamFrom(this.operators);
    this.cluster.allowScramFrom(this.operators);
    if (config.cluster.openMonitoring === true) this.cluster.allowMonitoringFrom(this.operators);
    new CfnOutput(this, "OperatorsSecurityGroupId", { value: this.operators.securityGroupId });
  }

  #rotate({ stage, scramRotation = {}, logRetention }: StageConfig, access: Access, vpc: IVpc): void {
    const { cluster } = this;
    const registryUser = registryUserOf(access);
    for (const user of scramUserNamesOf(access).filter((name) => !Object.hasOwn(scramRotation, name))) {
      cluster
        .scramUser(this, user)
        .acknowledgeNoSchedule("the stage leaves it to be rotated by hand, which docs/deploy.md describes");
    }
    for (const [user, every] of Object.entries(scramRotation)) {
      if (user === registryUser) continue;
      const functionName = `backbone-${stage}-rotate-${user}`;
      new ScramRotation(this, `Rotate-${user}`, { cluster, user, every, functionName, vpc, logRetention });
    }
  }
}
