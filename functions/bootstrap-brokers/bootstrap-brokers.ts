import type { GetBootstrapBrokersCommandOutput } from "@aws-sdk/client-kafka";
import type { CdkCustomResourceEvent, CdkCustomResourceResponse } from "aws-lambda";
import { BackboneError } from "../../shared/errors.ts";

export interface BootstrapBrokersOptions {
  /** Asks MSK for the brokers of a cluster. */
  readonly getBootstrapBrokers: (
    clusterArn: string,
  ) => Promise<
    Pick<GetBootstrapBrokersCommandOutput, "BootstrapBrokerStringSaslIam" | "BootstrapBrokerStringSaslScram">
  >;
}

/**
 * A CloudFormation custom resource that knows the brokers of an MSK cluster, which `AWS::MSK::Cluster` does not tell.
 *
 * Property `ClusterArn`; attributes `SaslIam` and `SaslScram`, each "host:port,host:port" in the order
 * of the alphabet: MSK's own order may change, and what other stacks import must not. Creating and updating read
 * them, deleting does nothing.
 *
 * @throws BackboneError INVALID_OPTIONS if ClusterArn is missing or the cluster lacks one of the two
 * @see https://docs.aws.amazon.com/msk/1.0/apireference/clusters-clusterarn-bootstrap-brokers.html
 */
export function createBootstrapBrokers(options: BootstrapBrokersOptions) {
  return async (event: CdkCustomResourceEvent): Promise<CdkCustomResourceResponse> => {
    if (event.RequestType === "Delete") return { PhysicalResourceId: event.PhysicalResourceId };
    const clusterArn: unknown = event.ResourceProperties.ClusterArn;
    if (typeof clusterArn !== "string" || clusterArn === "") {
      throw new BackboneError("INVALID_OPTIONS", "property ClusterArn must be the ARN of an MSK cluster");
    }
    const brokers = await options.getBootstrapBrokers(clusterArn);
    return {
      PhysicalResourceId: clusterArn,
      Data: {
        SaslIam: present("IAM", brokers.BootstrapBrokerStringSaslIam),
        SaslScram: present("SCRAM", brokers.BootstrapBrokerStringSaslScram),
      },
    };
  };

  function present(authentication: string, brokers: string | undefined): string {
    if (brokers !== undefined && brokers !== "") return brokers.split(",").sort().join(",");
    throw new BackboneError("INVALID_OPTIONS", `the cluster has no brokers for ${authentication}; it must be enabled`);
  }
}
