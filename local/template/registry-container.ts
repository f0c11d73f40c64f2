import * as v from "valibot";
import { BackboneError } from "../../shared/errors.ts";
import { type Identity, passwordOf } from "../parts/identity.ts";
import { type Assembly, onlyResourceOf } from "./assembly.ts";
import type { Resolve } from "./resolve.ts";
import { userOfSecret } from "./scram-secrets.ts";

const definitionsSchema = v.tuple([
  v.looseObject({
    Environment: v.optional(v.array(v.object({ Name: v.string(), Value: v.string() })), []),
    Secrets: v.optional(v.array(v.object({ Name: v.string(), ValueFrom: v.string() })), []),
  }),
]);

/** Environment of the registry's container as the templates have it; secrets get the local passwords of their users. */
export function registryEnvironment(assembly: Assembly, resolve: Resolve, identity: Identity): Record<string, string> {
  const task = onlyResourceOf(assembly, "AWS::ECS::TaskDefinition");
  const containers = v.parse(v.array(v.looseObject({})), task.properties.ContainerDefinitions);
  const [{ Environment, Secrets }] = v.parse(
    definitionsSchema,
    resolve(
      task.stack,
      containers.map(({ Environment, Secrets }) => ({ Environment, Secrets })),
    ),
  );
  return {
    ...Object.fromEntries(Environment.map(({ Name, Value }) => [Name, Value])),
    ...Object.fromEntries(
      Secrets.map(({ Name, ValueFrom }) => [Name, secretValue(assembly, resolve, identity, ValueFrom)]),
    ),
  };
}

/** `<secret arn>:<JSON key>::`, where the secret is one of a SCRAM user: `{ "username", "password" }`. */
function secretValue(assembly: Assembly, resolve: Resolve, identity: Identity, reference: string): string {
  const [key, ...arn] = reference.split(":").slice(0, -2).reverse();
  if (key !== "username" && key !== "password")
    throw new BackboneError("TEMPLATE_UNSUPPORTED", `the registry's secret ${reference} is not that of a SCRAM user`);
  const username = userOfSecret(arn.reverse().join(":"), assembly, resolve);
  return key === "username" ? username : passwordOf(identity, username);
}
