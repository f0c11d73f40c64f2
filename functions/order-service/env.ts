import * as v from "valibot";
import { type Environment, httpUrl, readEnvironment, text } from "../../shared/environment/index.ts";
import { kafkaVariables } from "../../shared/kafka/index.ts";

const variables = v.intersect([
  v.object({ SCHEMA_REGISTRY_URL: httpUrl(), ORDER_EVENTS_TOPIC: text() }),
  kafkaVariables(),
]);

/** What the deployment tells the order service. */
export type OrderServiceEnvironment = v.InferOutput<typeof variables>;

/** @throws BackboneError INVALID_OPTIONS that names every missing or wrong variable at once */
export function readOrderServiceEnvironment(environment: Environment = process.env): OrderServiceEnvironment {
  return readEnvironment(variables, environment);
}
