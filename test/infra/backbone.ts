import { readFileSync } from "node:fs";
import { join } from "node:path";
import { App } from "aws-cdk-lib";
import { Template } from "aws-cdk-lib/assertions";
import { type Backbone, defineBackbone } from "../../infra/backbone.ts";
import { stageConfig } from "../../infra/config.ts";
import { type Access, readAccess } from "../../shared/access/index.ts";

const root = join(import.meta.dirname, "../..");
const { context } = JSON.parse(readFileSync(join(root, "cdk.json"), "utf8"));

export const access: Access = readAccess(join(root, "infra/access.yaml"));

/** An app with the context of cdk.json that does not bundle functions, since templates do not depend on their code. */
export function appWithoutBundling(): App {
  return new App({ context: { ...context, "aws:cdk:bundling-stacks": [] } });
}

type Templates = { readonly [Stack in keyof Backbone]: Template };

/** The templates of the stage prod. */
export function prodTemplates(): Templates {
  return templatesOf("prod");
}

export function templatesOf(stage: string): Templates {
  const { network, cluster, access: topics, schemaRegistry, services } = backboneOf(stage);
  return {
    network: Template.fromStack(network),
    cluster: Template.fromStack(cluster),
    access: Template.fromStack(topics),
    schemaRegistry: Template.fromStack(schemaRegistry),
    services: Template.fromStack(services),
  };
}

export function prodBackbone(): Backbone {
  return backboneOf("prod");
}

export function backboneOf(stage: string): Backbone {
  const file = join(root, "infra/access.yaml");
  return defineBackbone(appWithoutBundling(), { config: stageConfig(stage), access: readAccess(file, { stage }) });
}
