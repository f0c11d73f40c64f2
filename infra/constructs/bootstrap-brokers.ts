import { CustomResource, Duration, Size, Stack } from "aws-cdk-lib";
import type { RetentionDays } from "aws-cdk-lib/aws-logs";
import type { Provider } from "aws-cdk-lib/custom-resources";
import { Construct } from "constructs";
import { createProvider, customResourceTimeout } from "./custom-resource-provider.ts";
import { NodeFunction } from "./node-function.ts";
import { unscoped } from "./unscoped-actions.ts";

export interface BootstrapBrokersProps {
  readonly clusterArn: string;
  readonly clusterName: string;
  /** How many brokers the cluster has: another number asks for the addresses again. */
  readonly brokers: number;
  readonly logRetention: RetentionDays;
}

/** Broker addresses for clients, `host:port,host:port`, one list for each way to authenticate. */
export interface BrokerAddresses {
  /** Port 9098. */
  readonly saslIam: string;
  /** Port 9096. */
  readonly saslScram: string;
}

/**
 * The addresses of a cluster's brokers, which CloudFormation itself does not know: asked for while deploying.
 *
 * Each stack that uses them asks for itself. An address that crossed stacks would be an export, which CloudFormation does
 * not change while it is imported; so only the provider does, which never changes.
 */
export class BootstrapBrokers extends Construct {
  readonly #props: BootstrapBrokersProps;
  readonly #provider: Provider;
  readonly #addresses = new Map<Stack, BrokerAddresses>();

  constructor(scope: Construct, id: string, props: BootstrapBrokersProps) {
    super(scope, id);
    this.#props = props;
    const { clusterName, logRetention } = props;
    const handler = new NodeFunction(this, "Handler", {
      functionName: `${clusterName}-bootstrap-brokers`,
      folder: "bootstrap-brokers",
      memory: Size.mebibytes(256),
      timeout: Duration.minutes(1),
      logRetention,
    });
    handler.grantPrincipal.addToPrincipalPolicy(unscoped.getBootstrapBrokers());
    this.#provider = createProvider(this, handler, logRetention);
  }

  /** The addresses for what is in the stack of a scope. */
  addressesIn(scope: Construct): BrokerAddresses {
    const stack = Stack.of(scope);
    const addresses = this.#addresses.get(stack) ?? this.#askIn(stack);
    this.#addresses.set(stack, addresses);
    return addresses;
  }

  #askIn(stack: Stack): BrokerAddresses {
    const { clusterArn, clusterName, brokers } = this.#props;
    const resource = new CustomResource(stack, `BrokersOf-${clusterName}`, {
      resourceType: "Custom::KafkaBootstrapBrokers",
      serviceToken: this.#provider.serviceToken,
      serviceTimeout: customResourceTimeout,
      // The number changes nothing in the answer, but a resource whose properties are as they were is not asked again.
      properties: { ClusterArn: clusterArn, Brokers: String(brokers) },
    });
    return { saslIam: resource.getAttString("SaslIam"), saslScram: resource.getAttString("SaslScram") };
  }
}
