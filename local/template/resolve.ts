import { BackboneError } from "../../shared/errors.ts";
import { type Assembly, parameterType, type Resource, type Stack } from "./assembly.ts";

/** What `Ref` and `Fn::GetAtt` give for the resources of one type in the local backbone. */
export interface LocalResource {
  readonly ref?: Reference;
  readonly attributes?: Readonly<Record<string, Reference>>;
}

export type Reference = (resource: Resource, resolve: Resolve) => string;

export const localRegion = "eu-central-1";
export const localAccount = "000000000000";

const pseudoParameters: Readonly<Record<string, (stack: Stack) => unknown>> = {
  "AWS::Region": () => localRegion,
  "AWS::AccountId": () => localAccount,
  "AWS::Partition": () => "aws",
  "AWS::URLSuffix": () => "amazonaws.com",
  "AWS::StackName": (stack) => stack.name,
  "AWS::NoValue": () => undefined,
};

export type Resolve = (stack: Stack, value: unknown) => unknown;

/**
 * Evaluates the intrinsic functions of templates against the local parts.
 * @throws BackboneError TEMPLATE_UNSUPPORTED for a function or a reference that has no local counterpart, with its place
 */
export function createResolver(assembly: Assembly, locals: ReadonlyMap<string, LocalResource>): Resolve {
  const exports = new Map(
    assembly.stacks.flatMap((stack) => [...stack.exports].map(([name, value]) => [name, { stack, value }] as const)),
  );

  function resolve(stack: Stack, value: unknown): unknown {
    if (Array.isArray(value)) return value.map((item) => resolve(stack, item));
    if (typeof value !== "object" || value === null) return value;
    const entries = Object.entries(value);
    const [only] = entries;
    if (entries.length === 1 && only !== undefined) {
      const evaluate = functions[only[0]];
      if (evaluate !== undefined) return evaluate(stack, only[1]);
      if (only[0].startsWith("Fn::")) throw unsupported(stack, `the function ${only[0]}`);
    }
    return Object.fromEntries(
      entries.map(([key, item]) => [key, resolve(stack, item)]).filter(([, item]) => item !== undefined),
    );
  }

  const functions: Readonly<Record<string, (stack: Stack, argument: unknown) => unknown>> = {
    Ref(stack, name) {
      const pseudo = pseudoParameters[String(name)];
      if (pseudo !== undefined) return pseudo(stack);
      const resource = find(stack, String(name));
      if (resource.type === parameterType && resource.properties.Type === "AWS::SSM::Parameter::Value<String>")
        return ofSystemsManager(resource);
      const local = locals.get(resource.type)?.ref;
      if (local === undefined) throw unsupported(stack, `Ref to ${resource.logicalId} (${resource.type})`);
      return local(resource, resolve);
    },
    "Fn::GetAtt"(stack, argument) {
      const [name, ...path] = Array.isArray(argument) ? argument.map(String) : String(argument).split(".");
      const resource = find(stack, name ?? "");
      const local = locals.get(resource.type)?.attributes?.[path.join(".")];
      if (local === undefined)
        throw unsupported(stack, `Fn::GetAtt ${path.join(".")} of ${resource.logicalId} (${resource.type})`);
      return local(resource, resolve);
    },
    "Fn::ImportValue"(stack, argument) {
      const name = String(resolve(stack, argument));
      const exported = exports.get(name);
      if (exported === undefined) throw unsupported(stack, `the import ${name}, which no stack exports`);
      return resolve(exported.stack, exported.value);
    },
    "Fn::Join"(stack, argument) {
      const [separator, parts] = list(stack, argument);
      return list(stack, parts).join(String(separator));
    },
    "Fn::Split"(stack, argument) {
      const [separator, text] = list(stack, argument);
      return String(text).split(String(separator));
    },
    "Fn::Select"(stack, argument) {
      const [index, from] = list(stack, argument);
      return list(stack, from)[Number(index)];
    },
    "Fn::Sub"(stack, argument) {
      if (typeof argument !== "string") throw unsupported(stack, "Fn::Sub with a map of variables");
      return argument.replaceAll(/\$\{(!?)([^}]+)\}/g, (_, literal: string, name: string) => {
        if (literal !== "") return `\${${name}}`;
        return String(name.includes(".") ? functions["Fn::GetAtt"]?.(stack, name) : functions.Ref?.(stack, name));
      });
    },
    "Fn::Base64": (stack, argument) => Buffer.from(String(resolve(stack, argument))).toString("base64"),
  };

  /** The default of such a parameter is the name under which another stack keeps the value in Systems Manager. */
  function ofSystemsManager({ stack, properties: { Default: name } }: Resource): unknown {
    const kept = assembly.resourcesOf("AWS::SSM::Parameter").find(({ properties }) => properties.Name === name);
    if (kept === undefined) throw unsupported(stack, `the parameter ${name} of Systems Manager, which no stack makes`);
    return resolve(kept.stack, kept.properties.Value);
  }

  function list(stack: Stack, argument: unknown): unknown[] {
    const resolved = resolve(stack, argument);
    if (!Array.isArray(resolved)) throw unsupported(stack, "an intrinsic function whose argument is not a list");
    return resolved;
  }

  return resolve;
}

function find(stack: Stack, logicalId: string): Resource {
  const resource = stack.resources.get(logicalId);
  if (resource === undefined) throw unsupported(stack, `the reference ${logicalId}, which is no resource of the stack`);
  return resource;
}

function unsupported(stack: Stack, what: string): BackboneError {
  return new BackboneError(
    "TEMPLATE_UNSUPPORTED",
    `${what} in stack ${stack.name} has no counterpart in the local backbone`,
  );
}
