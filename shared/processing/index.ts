export { type Counts, countOutcomes } from "./accounting.ts";
export {
  type Batch,
  type BatchRequest,
  type BatchTracing,
  batchKey,
  batchOf,
  batchOfEvent,
  type ClaimPolicy,
  type DeadLetterPolicy,
  type Failure,
  type OutboxPolicy,
  type PublicationOrigin,
} from "./batch.ts";
export { type EachRecordOptions, type ExternalEffectsOptions, eachRecord } from "./each-record.ts";
export type { ConditionMeaning, Decide, Effects, Increment, ItemKey, Publication, Write } from "./effects.ts";
export type { Ordering } from "./lanes.ts";
export { type DecodedRecord, type EventIdentity, identityOf, type RecordOutcome } from "./record.ts";
export type { Run } from "./run-under-lease.ts";
export { isOfSurroundings } from "./surroundings.ts";
