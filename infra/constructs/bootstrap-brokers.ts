import { CustomResource, Duration, Size } from "aws-cdk-lib";
import type { RetentionDays } from "aws-cdk-lib/aws-logs";
import { Construct } from "constructs";
import { createProvider } from "./custom-resource-provider.ts";
import { NodeFunction } from "./node-function.ts";
import { unscoped } from "./unscoped-actions.ts";

export interface BootstrapBrokersProps {
  readonly clusterArn: string;
  readonly clusterName: string;
  readonly logRetention: RetentionDays;
}

/** The addresses of a cluster's brokers, which CloudFormation itself does not know: asked for while deploying. */
export class BootstrapBrokers extends Construct {
  /** For IAM clients, `host:9098,host:9098`. */
  readonly saslIam: string;
  /** For SCRAM clients, `host:9096,host:9096`. */
  readonly saslScram: string;

  constructor(scope: Construct, id: string, { clusterArn, clusterName, logRetention }: BootstrapBrokersProps) {
    super(scope, id);
    const handler = new NodeFunction(this, "Handler", {
      functionName: `${clusterName}-bootstrap-brokers`,
      folder: "bootstrap-brokers",
      memory: Size.mebibytes(256),
      timeout: Duration.minutes(1),
      logRetention,
    });
    handler.grantPrincipal.addToPrincipalPolicy(unscoped.getBootstrapBrokers());

    const provider = createProvider(this, handler, logRetention);
    const addresses = new CustomResource(this, "Addresses", {
      resourceType: "Custom::KafkaBootstrapBrokers",
      serviceToken: provider.serviceToken,
      properties: { ClusterArn: clusterArn },
    });
    this.saslIam = addresses.getAttString("SaslIam");
    this.saslScram = addresses.getAttString("SaslScram");
  }
}
