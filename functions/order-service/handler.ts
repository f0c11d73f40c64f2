import { createProducer, publish } from "../../shared/kafka/index.ts";
import { createLogger } from "../../shared/logging/index.ts";
import { avro, createSchemaRegistry, createSerializer } from "../../shared/schema-registry/index.ts";
import { orderCreatedSchema, orderCreatedType } from "../../shared/schemas/index.ts";
import { readOrderServiceEnvironment } from "./env.ts";
import { createOrderApi } from "./order-api.ts";

const { SCHEMA_REGISTRY_URL: url, ORDER_EVENTS_TOPIC: topic, kafka } = readOrderServiceEnvironment();
const logger = createLogger({ service: "order-service" });

// Registry 5 s + Kafka 15 s: both hanging still leave a third of the API's 30 s.
const registry = createSchemaRegistry({ url, timeoutMs: 5_000 });
const producer = createProducer({ ...kafka, logger, timeoutMs: 15_000 });
const serializer = createSerializer({ registry, topic, writers: { [orderCreatedType]: avro(orderCreatedSchema) } });

/** `POST /orders`: see `createOrderApi`. The clients live as long as the function's process. */
export const handler = createOrderApi({
  logger,
  publish: (event, key, incomingTrace) => publish(event, { producer, serializer, topic, key, incomingTrace }),
});
