import { createDynamoDbClient } from "../../shared/dynamodb/index.ts";
import { createDynamoDbStore } from "../../shared/idempotency/index.ts";
import { createProducer } from "../../shared/kafka/index.ts";
import { createLogger } from "../../shared/logging/index.ts";
import { avro, createDeserializer, createSchemaRegistry } from "../../shared/schema-registry/index.ts";
import {
  inventoryRejectedSchema,
  inventoryRejectedType,
  inventoryReservedSchema,
  inventoryReservedType,
  orderCreatedSchema,
  orderCreatedType,
} from "../../shared/schemas/index.ts";
import { createConsumer } from "./consumer.ts";
import { env } from "./env.ts";

const logger = createLogger({ service: "order-status" });

/** Consumes `order-events` or `inventory-events`, a function for each, from its MSK event source mapping. */
export const handler = createConsumer({
  statusesTable: env.STATUSES_TABLE,
  consumerGroup: env.CONSUMER_GROUP,
  deadLetterTopic: env.DEAD_LETTER_TOPIC,
  claimTtlSeconds: env.CLAIM_TTL_SECONDS,
  reportBatchItemFailures: env.REPORT_BATCH_ITEM_FAILURES === "true",
  producer: createProducer({ ...env.kafka, logger }),
  deserializer: createDeserializer({
    registry: createSchemaRegistry({ url: env.SCHEMA_REGISTRY_URL }),
    readers: {
      [orderCreatedType]: avro(orderCreatedSchema),
      [inventoryReservedType]: avro(inventoryReservedSchema),
      [inventoryRejectedType]: avro(inventoryRejectedSchema),
    },
  }),
  store: createDynamoDbStore({ client: createDynamoDbClient(), table: env.CLAIMS_TABLE }),
  logger,
});
