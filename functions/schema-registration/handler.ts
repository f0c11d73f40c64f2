import { createLogger } from "../../shared/logging/index.ts";
import { createSchemaRegistry } from "../../shared/schema-registry/index.ts";
import { eventSchemas } from "../../shared/schemas/index.ts";
import { readSchemaRegistrationEnvironment } from "./env.ts";
import { type RegisteredSchema, registerSchemas } from "./register-schemas.ts";

const { registryUrl, topics } = readSchemaRegistrationEnvironment();
const logger = createLogger({ service: "schema-registration" });
// A registry that has just become healthy may be slow or away once more, and there is no other deployment to wait for:
// as many attempts as fit into 45 s of the function's 60.
const registry = createSchemaRegistry({
  url: registryUrl,
  timeoutMs: 45_000,
  attemptTimeoutMs: 10_000,
  attempts: 1_000,
});

/**
 * Registers every schema of the project, once a deployment; the event is ignored. Whatever fails is thrown, so that the
 * deployment fails with it.
 */
export async function handler(): Promise<{ readonly registered: readonly RegisteredSchema[] }> {
  const registered = await registerSchemas({ registry, schemas: eventSchemas, topics });
  for (const { subject, id } of registered) logger.info("schema registered", { subject, id });
  return { registered };
}
