import { BatchProcessor, EventType, processPartialResponse } from "@aws-lambda-powertools/batch";
import { IdempotencyConfig, makeIdempotent } from "@aws-lambda-powertools/idempotency";
import { DynamoDBPersistenceLayer } from "@aws-lambda-powertools/idempotency/dynamodb";
import { kafkaConsumer, SchemaType } from "@aws-lambda-powertools/kafka";
import { Logger } from "@aws-lambda-powertools/logger";
import type { SQSRecord } from "aws-lambda";
import { orderCreatedSchema } from "../../../shared/schemas/index.ts";

// A consumer of order events as Powertools' pages put it together: decoded, each order once, failures reported, logged.
// Its batch processor knows no Kafka, so records go through it under the shape of a queue's.
const logger = new Logger();
const processor = new BatchProcessor(EventType.SQS);
const config = new IdempotencyConfig({ eventKeyJmesPath: "orderId" });
const persistenceStore = new DynamoDBPersistenceLayer({ tableName: process.env.CLAIMS_TABLE ?? "claims" });

const reserveStock = makeIdempotent(
  async (order: { orderId: string }) => {
    logger.info("order received", { orderId: order.orderId });
    return { orderId: order.orderId };
  },
  { persistenceStore, config },
);

export const handler = kafkaConsumer<string, { orderId: string }>(
  async ({ records }, context) => {
    config.registerLambdaContext(context);
    const orders = new Map(records.map((record) => [`${record.topic}-${record.partition}:${record.offset}`, record]));
    const Records = [...orders.keys()].map((messageId) => ({ messageId, eventSource: "aws:sqs" }));
    const recordHandler = async ({ messageId }: SQSRecord) => {
      const order = orders.get(messageId)?.value;
      if (order !== undefined) await reserveStock(order);
    };
    return processPartialResponse({ Records: Records as SQSRecord[] }, recordHandler, processor, { context });
  },
  { value: { type: SchemaType.AVRO, schema: JSON.stringify(orderCreatedSchema) } },
);
