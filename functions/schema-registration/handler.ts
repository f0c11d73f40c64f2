import { createLogger } from "../../shared/logging/index.ts";
import { createSchemaRegistry } from "../../shared/schema-registry/index.ts";
import { eventSchemas } from "../../shared/schemas/index.ts";
import { readSchemaRegistrationEnvironment } from "./env.ts";
import { type RegisteredSchema, registerSchemas } from "./register-schemas.ts";

const { registryUrl, topics } = readSchemaRegistrationEnvironment();
const logger = createLogger({ service: "schema-registration" });
const registry = createSchemaRegistry({ url: registryUrl, timeoutMs: 10_000 });

/**
 * Registers every schema of the project, once a deployment; the event is ignored. Whatever fails is thrown, so that the
 * deployment fails with it.
 */
export async function handler(): Promise<{ readonly registered: readonly RegisteredSchema[] }> {
  const registered = await registerSchemas({ registry, schemas: eventSchemas, topics });
  for (const { subject, id } of registered) logger.info("schema registered", { subject, id });
  return { registered };
}
