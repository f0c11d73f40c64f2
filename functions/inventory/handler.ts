import { createDynamoDbClient } from "../../shared/dynamodb/index.ts";
import { createDynamoDbStore } from "../../shared/idempotency/index.ts";
import { createProducer } from "../../shared/kafka/index.ts";
import { createLogger } from "../../shared/logging/index.ts";
import {
  avro,
  createDeserializer,
  createSchemaRegistry,
  createSerializer,
} from "../../shared/schema-registry/index.ts";
import {
  inventoryRejectedSchema,
  inventoryRejectedType,
  inventoryReservedSchema,
  inventoryReservedType,
  orderCreatedSchema,
  orderCreatedType,
  subjectNameStrategies,
} from "../../shared/schemas/index.ts";
import { createConsumer } from "./consumer.ts";
import { env } from "./env.ts";
import { createReserveStock } from "./reserve-stock.ts";
import { createStockReader } from "./stock.ts";

const logger = createLogger({ service: "inventory" });
const client = createDynamoDbClient();
const registry = createSchemaRegistry({ url: env.SCHEMA_REGISTRY_URL });

/** Consumes `order-events` from the MSK event source mapping. */
export const handler = createConsumer({
  reserveStock: createReserveStock({
    readStock: createStockReader({ client, table: env.STOCK_TABLE }),
    initialStock: env.INITIAL_STOCK,
    reservationsTable: env.RESERVATIONS_TABLE,
    stockTable: env.STOCK_TABLE,
    inventoryEventsTopic: env.INVENTORY_EVENTS_TOPIC,
  }),
  consumerGroup: env.CONSUMER_GROUP,
  deadLetterTopic: env.DEAD_LETTER_TOPIC,
  claimTtlSeconds: env.CLAIM_TTL_SECONDS,
  reportBatchItemFailures: env.REPORT_BATCH_ITEM_FAILURES === "true",
  producer: createProducer({ ...env.kafka, logger }),
  deserializer: createDeserializer({
    registry,
    readers: { [orderCreatedType]: avro(orderCreatedSchema) },
  }),
  serializers: {
    [env.INVENTORY_EVENTS_TOPIC]: createSerializer({
      registry,
      topic: env.INVENTORY_EVENTS_TOPIC,
      subjectNameStrategy: subjectNameStrategies.inventoryEvents,
      writers: {
        [inventoryReservedType]: avro(inventoryReservedSchema),
        [inventoryRejectedType]: avro(inventoryRejectedSchema),
      },
    }),
  },
  outboxTable: env.OUTBOX_TABLE,
  store: createDynamoDbStore({ client, table: env.CLAIMS_TABLE }),
  logger,
});
