import { CfnParameter, Duration, Size, Stack, type StackProps } from "aws-cdk-lib";
import { type ISecurityGroup, type IVpc, SecurityGroup } from "aws-cdk-lib/aws-ec2";
import { Trigger } from "aws-cdk-lib/triggers";
import type { Construct } from "constructs";
import type { Access } from "../../shared/access/index.ts";
import type { StageConfig } from "../config.ts";
import type { MskCluster } from "../constructs/msk-cluster.ts";
import { NodeFunction } from "../constructs/node-function.ts";
import { SchemaRegistry } from "../constructs/schema-registry.ts";
import { ScramRotation } from "../constructs/scram-rotation.ts";
import { registryUserOf } from "../constructs/service-access.ts";

export interface SchemaRegistryStackProps extends StackProps {
  readonly config: StageConfig;
  readonly access: Access;
  readonly vpc: IVpc;
  readonly cluster: MskCluster;
  /** Of the cluster's stack; the registry's opens to it. */
  readonly operators: ISecurityGroup;
}

/** The schema registry and, as soon as it serves, its schemas. */
export class SchemaRegistryStack extends Stack {
  readonly registry: SchemaRegistry;

  constructor(scope: Construct, id: string, props: SchemaRegistryStackProps) {
    super(scope, id, props);
    const { config, access, vpc, cluster, operators } = props;
    const user = registryUserOf(access);
    this.registry = new SchemaRegistry(this, "SchemaRegistry", {
      ...config.registry,
      vpc,
      cluster,
      urlParameter: `/backbone/${config.stage}/schema-registry-url`,
      scramUser: user,
      ...(config.registry.tls ? { certificate: this.#certificate() } : {}),
      logRetention: config.logRetention,
    });

    // As a group of this stack: the cluster's, which this one depends on, cannot depend on the registry.
    const { securityGroupId } = operators;
    this.registry.allowFrom(SecurityGroup.fromSecurityGroupId(this, "OperatorsSecurityGroup", securityGroupId));

    const registration = new NodeFunction(this, "SchemaRegistration", {
      functionName: `backbone-${config.stage}-schema-registration`,
      folder: "schema-registration",
      memory: Size.mebibytes(256),
      timeout: Duration.minutes(1),
      environment: {
        SCHEMA_REGISTRY_URL: this.registry.urlIn(this),
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

    const every = config.scramRotation?.[user];
    if (every === undefined) return;
    cluster
      .scramUser(this, user)
      .acknowledgeNoSchedule(`its schedule is in the stack ${id}, which restarts who logs in with it`);
    new ScramRotation(this, "ScramRotation", {
      cluster,
      user,
      every,
      restarts: this.registry.service,
      functionName: `backbone-${config.stage}-rotate-${user}`,
      vpc,
      logRetention: config.logRetention,
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
      // Its zone answers for the name and all below it: that of a whole domain would hide the domain from the VPC.
      description: "name of the schema registry in the VPC, of three labels at least, e.g. registry.example.com",
      allowedPattern: "^([a-z0-9]([a-z0-9-]*[a-z0-9])?\\.){2,}([a-z]{2,}|xn--[a-z0-9-]*[a-z0-9])$",
    });
    return { arn: arn.valueAsString, domainName: domainName.valueAsString };
  }
}
