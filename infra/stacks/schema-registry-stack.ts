import { CfnParameter, Duration, Size, Stack, type StackProps } from "aws-cdk-lib";
import type { IVpc } from "aws-cdk-lib/aws-ec2";
import { Trigger } from "aws-cdk-lib/triggers";
import type { Construct } from "constructs";
import type { Access } from "../../shared/access/index.ts";
import type { StageConfig } from "../config.ts";
import type { MskCluster } from "../constructs/msk-cluster.ts";
import { NodeFunction } from "../constructs/node-function.ts";
import { SchemaRegistry } from "../constructs/schema-registry.ts";
import { principalName } from "../constructs/scram-users.ts";
import { serviceOf } from "../constructs/service-access.ts";

export interface SchemaRegistryStackProps extends StackProps {
  readonly config: StageConfig;
  readonly access: Access;
  readonly vpc: IVpc;
  readonly cluster: MskCluster;
}

/** The schema registry and, as soon as it serves, its schemas. */
export class SchemaRegistryStack extends Stack {
  readonly registry: SchemaRegistry;

  constructor(scope: Construct, id: string, { config, access, vpc, cluster, ...props }: SchemaRegistryStackProps) {
    super(scope, id, props);
    this.registry = new SchemaRegistry(this, "SchemaRegistry", {
      ...config.registry,
      vpc,
      cluster,
      scramUser: principalName(serviceOf(access, "schema-registry")),
      ...(config.registry.tls ? { certificate: this.#certificate() } : {}),
      logRetention: config.logRetention,
    });

    const registration = new NodeFunction(this, "SchemaRegistration", {
      functionName: `backbone-${config.stage}-schema-registration`,
      folder: "schema-registration",
      memory: Size.mebibytes(256),
      timeout: Duration.minutes(1),
      environment: {
        SCHEMA_REGISTRY_URL: this.registry.url,
        ORDER_EVENTS_TOPIC: "order-events",
        INVENTORY_EVENTS_TOPIC: "inventory-events",
      },
      vpc,
      logRetention: config.logRetention,
    });
    this.registry.allowFrom(registration);
    // Runs when the registry serves, and again whenever the function, and with it a schema, has changed.
    new Trigger(this, "RegisterSchemas", {
      handler: registration.function,
      executeAfter: [this.registry, registration],
    });
  }

  /**
   * What a deployment is to be told, and is not asked for again. The CDK CLI looks at parameters stack by stack: what is
   * missing or wrong shows when this one's turn comes, after the cluster.
   */
  #certificate() {
    const arn = new CfnParameter(this, "CertificateArn", {
      description: "ARN of a certificate in ACM, in this region, for DomainName",
      allowedPattern: "^arn:aws[a-z-]*:acm:[a-z0-9-]+:\\d{12}:certificate/.+$",
    });
    const domainName = new CfnParameter(this, "DomainName", {
      description: "name of the schema registry in the VPC, e.g. registry.example.com",
      allowedPattern: "^([a-z0-9-]+\\.)+[a-z]+$",
    });
    return { arn: arn.valueAsString, domainName: domainName.valueAsString };
  }
}
