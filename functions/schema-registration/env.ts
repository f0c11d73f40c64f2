import * as v from "valibot";
import { type Environment, httpUrl, readEnvironment, text } from "../../shared/environment/index.ts";
import type { TopicName } from "../../shared/schemas/index.ts";

const variables = v.pipe(
  v.object({ SCHEMA_REGISTRY_URL: httpUrl(), ORDER_EVENTS_TOPIC: text(), INVENTORY_EVENTS_TOPIC: text() }),
  v.transform((values): { readonly registryUrl: string; readonly topics: Readonly<Record<TopicName, string>> } => ({
    registryUrl: values.SCHEMA_REGISTRY_URL,
    topics: { orderEvents: values.ORDER_EVENTS_TOPIC, inventoryEvents: values.INVENTORY_EVENTS_TOPIC },
  })),
);

/** @throws BackboneError INVALID_OPTIONS that names every missing or wrong variable at once */
export function readSchemaRegistrationEnvironment(
  environment: Environment = process.env,
): v.InferOutput<typeof variables> {
  return readEnvironment(variables, environment);
}
