import middy from "@middy/core";
import type { IdempotencyStore } from "../../shared/idempotency/index.ts";
import type { Producer } from "../../shared/kafka/index.ts";
import { type LineOutput, type Logger, writeLine } from "../../shared/logging/index.ts";
import {
  cloudEvents,
  deadLetters,
  idempotency,
  metrics,
  outbox,
  type PartialBatchResponse,
  partialBatchResponse,
  tracing,
} from "../../shared/middleware/index.ts";
import { type Decide, eachRecord } from "../../shared/processing/index.ts";
import type { Deserializer, Serializer } from "../../shared/schema-registry/index.ts";
import type { OrderCreated } from "../../shared/schemas/index.ts";

export interface ConsumerParts {
  readonly reserveStock: Decide<OrderCreated>;
  readonly consumerGroup: string;
  readonly deadLetterTopic: string;
  readonly claimTtlSeconds: number;
  /** Whether the event source mapping has ReportBatchItemFailures. */
  readonly reportBatchItemFailures: boolean;
  readonly producer: Producer;
  readonly deserializer: Deserializer;
  readonly store: IdempotencyStore;
  readonly outboxTable: string;
  /** The topics that decisions publish to, each with its serializer. */
  readonly serializers: Readonly<Record<string, Serializer>>;
  readonly logger: Logger;
  /** Takes the lines of metrics. @default standard output */
  readonly writeMetrics?: LineOutput;
}

/**
 * The consumer of order events: each reserves stock once and publishes what came of it, or goes to the dead-letter topic.
 * The reasons for the order of its middlewares are in docs/middleware.md.
 */
export function createConsumer(parts: ConsumerParts) {
  const { consumerGroup, deserializer, logger, producer, reportBatchItemFailures, reserveStock, store } = parts;
  const { writeMetrics = writeLine } = parts;
  return middy<unknown, PartialBatchResponse | undefined>()
    .use(partialBatchResponse({ reportBatchItemFailures }))
    .use(metrics({ service: "inventory", consumerGroup, write: writeMetrics }))
    .use(deadLetters({ topic: parts.deadLetterTopic, consumerGroup, producer }))
    .use(cloudEvents({ deserializer }))
    .use(idempotency({ store, consumerGroup, ttlSeconds: parts.claimTtlSeconds }))
    .use(outbox({ table: parts.outboxTable, serializers: parts.serializers }))
    .use(tracing({ consumerGroup }))
    .handler(eachRecord(reserveStock, { logger }));
}
