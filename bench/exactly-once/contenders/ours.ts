import middy from "@middy/core";
import { createDynamoDbStore } from "../../../shared/idempotency/index.ts";
import type { Logger } from "../../../shared/logging/index.ts";
import {
  cloudEvents,
  deadLetters,
  idempotency,
  type PartialBatchResponse,
  partialBatchResponse,
} from "../../../shared/middleware/index.ts";
import { eachRecord } from "../../../shared/processing/index.ts";
import { avro, createDeserializer } from "../../../shared/schema-registry/index.ts";
import { orderCreatedSchema, orderCreatedType } from "../../../shared/schemas/index.ts";
import { schemaText } from "../../decode/written-schema.ts";
import { type Contender, RecordsUnfinished } from "../contender.ts";

const consumerGroup = "bench";
const ttlSeconds = 86_400;

const silent: Logger = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** The stack that a consumer runs. Nothing may go to its dead-letter topic. */
export const ours: Contender = {
  name: "ours",
  createConsumer({ documents, claimsTable, decide }) {
    const handler = middy<unknown, PartialBatchResponse | undefined>()
      .use(partialBatchResponse({ reportBatchItemFailures: true }))
      .use(deadLetters({ topic: "order-events.bench.dlt", consumerGroup, producer: { send: refuse } }))
      .use(
        cloudEvents({
          deserializer: createDeserializer({
            registry: { schemaById: async () => ({ schemaType: "AVRO", schema: schemaText }) },
            readers: { [orderCreatedType]: avro(orderCreatedSchema) },
          }),
        }),
      )
      .use(
        idempotency({
          store: createDynamoDbStore({ client: documents, table: claimsTable }),
          consumerGroup,
          ttlSeconds,
        }),
      )
      .handler(eachRecord(decide, { logger: silent }));
    return async (event, context) => {
      const response = await handler(event, context);
      const unfinished = response?.batchItemFailures.length;
      if (unfinished !== 0) throw new RecordsUnfinished(`${unfinished} records are unfinished`);
    };
  },
};

async function refuse(): Promise<void> {
  throw new Error("a record of the bench was to be dead-lettered");
}
