import { join } from "node:path";
import { AssetManifestArtifact, CloudAssembly } from "aws-cdk-lib/cx-api";
import * as v from "valibot";
import { BackboneError } from "../../shared/errors.ts";

const resourceSchema = v.looseObject({
  Type: v.string(),
  Properties: v.optional(v.record(v.string(), v.unknown()), {}),
});

const templateSchema = v.looseObject({
  Parameters: v.optional(v.record(v.string(), v.looseObject({})), {}),
  Resources: v.optional(v.record(v.string(), resourceSchema), {}),
  Outputs: v.optional(
    v.record(
      v.string(),
      v.looseObject({ Value: v.unknown(), Export: v.optional(v.looseObject({ Name: v.string() })) }),
    ),
    {},
  ),
});

/** Type of a template's parameters, which references name as they do resources. */
export const parameterType = "Parameter";

/** One resource of a synthesized template. */
export interface Resource {
  readonly stack: Stack;
  readonly logicalId: string;
  readonly type: string;
  /** Properties as they stand in the template, intrinsic functions not resolved. */
  readonly properties: Readonly<Record<string, unknown>>;
}

export interface Stack {
  readonly name: string;
  readonly resources: ReadonlyMap<string, Resource>;
  /** Values of the stack's exports by name, not resolved. */
  readonly exports: ReadonlyMap<string, unknown>;
}

/** The synthesized templates, as `cdk deploy` would send them. */
export interface Assembly {
  readonly stacks: readonly Stack[];
  /** Folder of a file asset by its hash, which begins the object key that the template names. */
  readonly assetFolders: ReadonlyMap<string, string>;
  resourcesOf(type: string): Resource[];
}

/** Reads cdk.out. */
export function loadAssembly(folder: string): Assembly {
  const assembly = new CloudAssembly(folder);
  const stacks = assembly.stacks.map((artifact): Stack => {
    const template = v.parse(templateSchema, artifact.template);
    const resources = new Map<string, Resource>();
    const stack: Stack = {
      name: artifact.stackName,
      resources,
      exports: new Map(
        Object.values(template.Outputs).flatMap(({ Export, Value }) => (Export ? [[Export.Name, Value] as const] : [])),
      ),
    };
    for (const [logicalId, properties] of Object.entries(template.Parameters))
      resources.set(logicalId, { stack, logicalId, type: parameterType, properties });
    for (const [logicalId, { Type, Properties }] of Object.entries(template.Resources))
      resources.set(logicalId, { stack, logicalId, type: Type, properties: Properties });
    return stack;
  });
  const assetFolders = new Map<string, string>();
  for (const artifact of assembly.artifacts) {
    if (!AssetManifestArtifact.isAssetManifestArtifact(artifact)) continue;
    for (const [hash, { source }] of Object.entries(artifact.contents.files ?? {}))
      if (source.path !== undefined) assetFolders.set(hash, join(folder, source.path));
  }
  return {
    stacks,
    assetFolders,
    resourcesOf: (type) => stacks.flatMap((stack) => [...stack.resources.values()].filter((r) => r.type === type)),
  };
}

/** The one resource of a type. @throws BackboneError TEMPLATE_UNSUPPORTED when there is none or more than one */
export function onlyResourceOf(assembly: Assembly, type: string): Resource {
  const [first, ...others] = assembly.resourcesOf(type);
  if (first === undefined || others.length > 0)
    throw new BackboneError(
      "TEMPLATE_UNSUPPORTED",
      `the templates hold ${others.length + (first ? 1 : 0)} resources of type ${type}; the local backbone needs exactly one`,
    );
  return first;
}
