import { CustomResource, Duration, RemovalPolicy, Size } from "aws-cdk-lib";
import { LogGroup, type RetentionDays } from "aws-cdk-lib/aws-logs";
import { Provider } from "aws-cdk-lib/custom-resources";
import { Construct } from "constructs";
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

    const provider = new Provider(this, "Provider", {
      onEventHandler: handler.function,
      logGroup: new LogGroup(this, "ProviderLogs", { retention: logRetention, removalPolicy: RemovalPolicy.DESTROY }),
    });
    const addresses = new CustomResource(this, "Addresses", {
      resourceType: "Custom::KafkaBootstrapBrokers",
      serviceToken: provider.serviceToken,
      properties: { ClusterArn: clusterArn },
    });
    this.saslIam = addresses.getAttString("SaslIam");
    this.saslScram = addresses.getAttString("SaslScram");
  }
}
