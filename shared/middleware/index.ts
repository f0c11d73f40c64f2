export type { DecodedRecord } from "../processing/index.ts";
export { type CloudEventsOptions, cloudEvents } from "./cloud-events.ts";
export { type DeadLettersOptions, deadLetters } from "./dead-letters.ts";
export { type IdempotencyOptions, idempotency } from "./idempotency.ts";
export {
  type PartialBatchResponse,
  type PartialBatchResponseOptions,
  partialBatchResponse,
} from "./partial-batch-response.ts";
export { type TracingOptions, tracing } from "./tracing.ts";
