import * as v from "valibot";
import { BackboneError } from "../../shared/errors.ts";
import { type Assembly, onlyResourceOf } from "./assembly.ts";
import type { Resolve } from "./resolve.ts";

const definitionsSchema = v.tuple([
  v.looseObject({
    Environment: v.optional(v.array(v.object({ Name: v.string(), Value: v.string() })), []),
    Secrets: v.optional(v.array(v.object({ Name: v.string(), ValueFrom: v.string() })), []),
  }),
]);

/**
 * Environment of the registry's container as the templates have it. A secret's value comes from `secretValue`, by the
 * JSON key that the reference names (`<secret arn>:<key>::`).
 */
export function registryEnvironment(
  assembly: Assembly,
  resolve: Resolve,
  secretValue: (key: string) => string,
): Record<string, string> {
  const task = onlyResourceOf(assembly, "AWS::ECS::TaskDefinition");
  const resolved = resolve(
    task.stack,
    v.parse(v.array(v.looseObject({})), task.properties.ContainerDefinitions).map(({ Environment, Secrets }) => ({
      Environment,
      Secrets,
    })),
  );
  const [{ Environment, Secrets }] = v.parse(definitionsSchema, resolved);
  return {
    ...Object.fromEntries(Environment.map(({ Name, Value }) => [Name, Value])),
    ...Object.fromEntries(Secrets.map(({ Name, ValueFrom }) => [Name, secretValue(jsonKeyOf(Name, ValueFrom))])),
  };
}

function jsonKeyOf(name: string, valueFrom: string): string {
  const key = valueFrom.split(":").at(-3);
  if (key === undefined || key === "")
    throw new BackboneError("TEMPLATE_UNSUPPORTED", `the secret ${name} of the registry names no JSON key`);
  return key;
}
