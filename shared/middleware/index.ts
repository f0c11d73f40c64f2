export { batchOfEvent, type DecodedRecord, type RecordOutcome } from "../processing/index.ts";
export { type CloudEventsOptions, cloudEvents } from "./cloud-events.ts";
export { type DeadLettersOptions, deadLetters } from "./dead-letters.ts";
export { type IdempotencyOptions, idempotency } from "./idempotency.ts";
export { type MetricsOptions, metrics } from "./metrics.ts";
export { type OutboxOptions, outbox } from "./outbox.ts";
export {
  type PartialBatchResponse,
  type PartialBatchResponseOptions,
  partialBatchResponse,
} from "./partial-batch-response.ts";
export { recordsOf, reportOutcomes } from "./plain-handler.ts";
export { type TracingOptions, tracing } from "./tracing.ts";
