import middy from "@middy/core";
import type { IdempotencyStore } from "../../shared/idempotency/index.ts";
import type { Producer } from "../../shared/kafka/index.ts";
import type { Logger } from "../../shared/logging/index.ts";
import {
  cloudEvents,
  deadLetters,
  idempotency,
  type PartialBatchResponse,
  partialBatchResponse,
  tracing,
} from "../../shared/middleware/index.ts";
import { type Decide, eachRecord } from "../../shared/processing/index.ts";
import type { Deserializer } from "../../shared/schema-registry/index.ts";
import type { OrderCreated } from "../../shared/schemas/index.ts";

export interface ConsumerParts {
  readonly reserveStock: Decide<OrderCreated>;
  readonly consumerGroup: string;
  readonly deadLetterTopic: string;
  readonly claimTtlSeconds: number;
  readonly producer: Producer;
  readonly deserializer: Deserializer;
  readonly store: IdempotencyStore;
  readonly logger: Logger;
}

/** The consumer of order events: each reserves stock once, or goes to the dead-letter topic. */
export function createConsumer(parts: ConsumerParts) {
  const { consumerGroup, deserializer, logger, producer, reserveStock, store } = parts;
  return middy<unknown, PartialBatchResponse | undefined>()
    .use(partialBatchResponse())
    .use(deadLetters({ topic: parts.deadLetterTopic, consumerGroup, producer }))
    .use(cloudEvents({ deserializer }))
    .use(idempotency({ store, consumerGroup, ttlSeconds: parts.claimTtlSeconds }))
    .use(tracing())
    .handler(eachRecord(reserveStock, { logger }));
}
