import * as v from "valibot";
import { BackboneError } from "../../shared/errors.ts";
import type { Assembly } from "./assembly.ts";
import type { Resolve } from "./resolve.ts";

const secretSchema = v.looseObject({ GenerateSecretString: v.looseObject({ SecretStringTemplate: v.string() }) });
const userSchema = v.looseObject({ username: v.string() });

/**
 * The SCRAM user whose name and password a secret of the templates holds, `{ "username", "password" }`.
 * @throws BackboneError TEMPLATE_UNSUPPORTED for a secret that is none of a user
 */
export function userOfSecret(secretArn: string, assembly: Assembly, resolve: Resolve): string {
  const secret = assembly
    .resourcesOf("AWS::SecretsManager::Secret")
    .find(({ stack, logicalId }) => resolve(stack, { Ref: logicalId }) === secretArn);
  const parsed = v.safeParse(secretSchema, secret?.properties);
  if (!parsed.success)
    throw new BackboneError("TEMPLATE_UNSUPPORTED", `the secret ${secretArn} is not that of a SCRAM user`);
  return v.parse(userSchema, JSON.parse(parsed.output.GenerateSecretString.SecretStringTemplate)).username;
}
