import { type App, Duration, Size, Stack } from "aws-cdk-lib";
import type { Template } from "aws-cdk-lib/assertions";
import { RetentionDays } from "aws-cdk-lib/aws-logs";
import { type StageConfig, stageConfig } from "../../infra/config.ts";
import { MskConsumer, type MskConsumerProps } from "../../infra/constructs/msk-consumer.ts";
import { AccessStack } from "../../infra/stacks/access-stack.ts";
import { ClusterStack } from "../../infra/stacks/cluster-stack.ts";
import { NetworkStack } from "../../infra/stacks/network-stack.ts";
import { parseAccess } from "../../shared/access/index.ts";
import { appWithoutBundling } from "./backbone.ts";

export type ConsumerSettings = Partial<MskConsumerProps>;

/**
 * A cluster, topics, ACLs, and a stack with consumers of `orders`, which has 6 partitions: one for each entry, which has
 * its id and its settings. All are the service `loyalty`.
 */
export function consumerStack(
  auth: "iam" | "scram",
  settingsOf: (stack: Stack) => Readonly<Record<string, ConsumerSettings>>,
): { app: App; stack: Stack } {
  const app = appWithoutBundling();
  const config: StageConfig = { ...stageConfig("prod"), scramRotation: {} };
  const access = parseAccess(
    `
topics: { orders: { partitions: 6, configs: { retention.ms: 86400000 } } }
services:
  schema-registry: { type: application, auth: scram }
  loyalty: { type: application, auth: ${auth}, event-source-mapping: true, consumes: [orders] }
`,
    "access.yaml",
  );
  const { vpc } = new NetworkStack(app, "network", { config });
  const { cluster } = new ClusterStack(app, "cluster", { config, access, vpc });
  const { topics } = new AccessStack(app, "access", { config, access, vpc, cluster });
  const stack = new Stack(app, "services");
  for (const [id, settings] of Object.entries(settingsOf(stack))) {
    new MskConsumer(stack, id, {
      functionName: `backbone-prod-${id}`,
      folder: "inventory",
      memory: Size.mebibytes(512),
      timeout: Duration.seconds(60),
      vpc,
      logRetention: RetentionDays.ONE_MONTH,
      cluster,
      topics,
      access,
      service: "loyalty",
      topic: "orders",
      ...settings,
    });
  }
  return { app, stack };
}

/** The properties of the mapping of a consumer. */
export function mappingOf(template: Template, consumer: string): Record<string, unknown> {
  const mappings = Object.entries(template.findResources("AWS::Lambda::EventSourceMapping"));
  const mapping = mappings.find(([id]) => id.startsWith(`${consumer}Mapping`))?.[1];
  if (mapping === undefined) throw new Error(`the template has no event source mapping of ${consumer}`);
  return mapping.Properties;
}
