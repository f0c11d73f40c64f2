import middy from "@middy/core";
import type { IdempotencyStore } from "../../shared/idempotency/index.ts";
import type { Producer } from "../../shared/kafka/index.ts";
import { type LineOutput, type Logger, writeLine } from "../../shared/logging/index.ts";
import {
  cloudEvents,
  deadLetters,
  idempotency,
  metrics,
  type PartialBatchResponse,
  partialBatchResponse,
  tracing,
} from "../../shared/middleware/index.ts";
import { eachRecord } from "../../shared/processing/index.ts";
import type { Deserializer } from "../../shared/schema-registry/index.ts";
import { createFollowOrder, followedTypes } from "./follow-order.ts";

export interface ConsumerParts {
  readonly statusesTable: string;
  readonly consumerGroup: string;
  readonly deadLetterTopic: string;
  readonly claimTtlSeconds: number;
  /** Whether the event source mapping has ReportBatchItemFailures. */
  readonly reportBatchItemFailures: boolean;
  readonly producer: Producer;
  readonly deserializer: Deserializer;
  readonly store: IdempotencyStore;
  readonly logger: Logger;
  /** Takes the lines of metrics. @default standard output */
  readonly writeMetrics?: LineOutput;
}

/**
 * The consumer that keeps each order's status, from one of the two topics that tell of it: each event takes effect once,
 * or goes to that topic's dead-letter topic. The reasons for the order of its middlewares are in docs/middleware.md.
 */
export function createConsumer(parts: ConsumerParts) {
  const { consumerGroup, deserializer, logger, producer, reportBatchItemFailures, statusesTable, store } = parts;
  const { writeMetrics = writeLine } = parts;
  return middy<unknown, PartialBatchResponse | undefined>()
    .use(partialBatchResponse({ reportBatchItemFailures }))
    .use(metrics({ service: "order-status", consumerGroup, write: writeMetrics }))
    .use(deadLetters({ topic: parts.deadLetterTopic, consumerGroup, producer }))
    .use(cloudEvents({ deserializer, eventTypes: followedTypes }))
    .use(idempotency({ store, consumerGroup, ttlSeconds: parts.claimTtlSeconds }))
    .use(tracing({ consumerGroup }))
    .handler(eachRecord(createFollowOrder({ table: statusesTable }), { logger }));
}
