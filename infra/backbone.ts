import type { App, Stack } from "aws-cdk-lib";
import type { Access } from "../shared/access/index.ts";
import type { StageConfig } from "./config.ts";
import { expireLogs } from "./constructs/expiring-logs.ts";
import { AccessStack } from "./stacks/access-stack.ts";
import { ClusterStack } from "./stacks/cluster-stack.ts";
import { NetworkStack } from "./stacks/network-stack.ts";
import { SchemaRegistryStack } from "./stacks/schema-registry-stack.ts";
import { ServicesStack } from "./stacks/services-stack.ts";

export interface BackboneOptions {
  readonly config: StageConfig;
  readonly access: Access;
}

/** The stacks of one stage, in the order of their deployment. */
export interface Backbone {
  readonly network: NetworkStack;
  readonly cluster: ClusterStack;
  readonly access: AccessStack;
  readonly schemaRegistry: SchemaRegistryStack;
  readonly services: ServicesStack;
}

/**
 * Defines the backbone of one stage: network → cluster → topics and ACLs → schema registry with its schemas → services.
 *
 * Region and account come with the deployment, so that defining it needs neither network nor credentials.
 */
export function defineBackbone(app: App, { config, access }: BackboneOptions): Backbone {
  const nameOf = (part: string) => `backbone-${config.stage}-${part}`;

  const network = new NetworkStack(app, nameOf("network"), { config });
  const cluster = new ClusterStack(app, nameOf("cluster"), { config, access, vpc: network.vpc });
  const topics = new AccessStack(app, nameOf("access"), { config, access, vpc: network.vpc, cluster: cluster.cluster });
  const schemaRegistry = new SchemaRegistryStack(app, nameOf("schema-registry"), {
    config,
    access,
    vpc: network.vpc,
    cluster: cluster.cluster,
    operators: cluster.operators,
  });
  const services = new ServicesStack(app, nameOf("services"), {
    config,
    access,
    vpc: network.vpc,
    cluster: cluster.cluster,
    topics: topics.topics,
    registry: schemaRegistry.registry,
  });

  // References alone would let the registry start before its topics are there, and a consumer before the schemas.
  const stacks = [network, cluster, topics, schemaRegistry, services];
  inOrder(...stacks);
  for (const stack of stacks) expireLogs(stack, config.logRetention);
  return { network, cluster, access: topics, schemaRegistry, services };
}

function inOrder(...stacks: readonly Stack[]): void {
  stacks.forEach((stack, index) => {
    const before = stacks[index - 1];
    if (before !== undefined) stack.addStackDependency(before, "each step of the deployment needs the one before it");
  });
}
