import { existsSync } from "node:fs";
import { join } from "node:path";
import * as v from "valibot";
import { BackboneError } from "../../shared/errors.ts";
import type { Assembly, Resource } from "../template/assembly.ts";
import { localAccount, localRegion, type Resolve } from "../template/resolve.ts";

/** A Lambda function of the templates: the bundle that would be deployed, and its settings. */
export interface FunctionDefinition {
  readonly resource: Resource;
  readonly name: string;
  readonly arn: string;
  readonly bundle: string;
  readonly exportName: string;
  readonly memoryMb: number;
  readonly timeoutMs: number;
  /** Environment of the template, references resolved to the local parts. */
  readonly environment: Readonly<Record<string, string>>;
}

const propertiesSchema = v.looseObject({
  Handler: v.string(),
  Runtime: v.pipe(v.string(), v.regex(/^nodejs/, "runs only Node.js functions locally")),
  Code: v.looseObject({ S3Key: v.string() }),
  // Lambda's own defaults where the template is silent
  MemorySize: v.optional(v.number(), 128),
  Timeout: v.optional(v.number(), 3),
  Environment: v.optional(v.looseObject({ Variables: v.optional(v.record(v.string(), v.string()), {}) }), {}),
});

export function functionName(resource: Resource): string {
  const name = resource.properties.FunctionName;
  return typeof name === "string" ? name : resource.logicalId;
}

export function functionArn(resource: Resource): string {
  return `arn:aws:lambda:${localRegion}:${localAccount}:function:${functionName(resource)}`;
}

/** @throws BackboneError TEMPLATE_UNSUPPORTED for a function that is not a bundled Node.js one */
export function defineFunction(resource: Resource, assembly: Assembly, resolve: Resolve): FunctionDefinition {
  const { Handler, Code, Runtime, MemorySize, Timeout, Environment } = resource.properties;
  const resolved = resolve(resource.stack, { Handler, Code, Runtime, MemorySize, Timeout, Environment });
  const parsed = v.safeParse(propertiesSchema, resolved);
  if (!parsed.success)
    throw new BackboneError("TEMPLATE_UNSUPPORTED", `function ${resource.logicalId}: ${v.summarize(parsed.issues)}`);
  const properties = parsed.output;
  const [moduleName = "", exportName = ""] = properties.Handler.split(".");
  const folder = assembly.assetFolders.get(properties.Code.S3Key.replace(/\.zip$/, ""));
  const bundle = [".mjs", ".js", ".cjs"]
    .map((extension) => join(folder ?? "", moduleName + extension))
    .find((file) => existsSync(file));
  if (bundle === undefined)
    throw new BackboneError(
      "TEMPLATE_UNSUPPORTED",
      `function ${resource.logicalId}: no bundle ${properties.Handler} in ${folder ?? properties.Code.S3Key}`,
    );
  return {
    resource,
    name: functionName(resource),
    arn: functionArn(resource),
    bundle,
    exportName,
    memoryMb: properties.MemorySize,
    timeoutMs: properties.Timeout * 1000,
    environment: properties.Environment.Variables ?? {},
  };
}
