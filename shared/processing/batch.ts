import type { CloudEventV1 } from "cloudevents";
import type { BackboneError } from "../errors.ts";
import type { IdempotencyStore } from "../idempotency/index.ts";
import type { SourceRecord } from "../msk-event/index.ts";
import type { EventRecordFormat } from "../schema-registry/index.ts";
import type { Publication, Write } from "./effects.ts";
import type { DecodedRecord, RecordOutcome } from "./record.ts";

/** A record that cannot be processed, and why. */
export interface Failure {
  readonly record: SourceRecord;
  readonly error: BackboneError;
  /** How often the record was tried: 1 or more. */
  readonly attempts: number;
}

/** What happens to records that cannot be processed for their own sake. */
export interface DeadLetterPolicy {
  /** How often a decision that throws is tried. */
  readonly maxAttempts: number;
  /** Whose dead letters they are, hence whom a redriven one is for; `eachRecord` refuses another than claims have. */
  readonly consumerGroup?: string;
  /** Resolves when the broker has acknowledged the dead letter. */
  publish(failure: Failure): Promise<void>;
}

/** How it is known that an event has taken effect. */
export interface ClaimPolicy {
  readonly store: IdempotencyStore;
  readonly consumerGroup: string;
  readonly ttlSeconds: number;
}

/** What publications come from: the consumed event, its record, and who consumes it. */
export interface PublicationOrigin {
  readonly consumerGroup: string;
  readonly event: CloudEventV1<unknown>;
  readonly record: SourceRecord;
}

/** How events come to be published once the effects of their record are committed. */
export interface OutboxPolicy {
  /** The write that keeps a record's events until they are published; it is committed with the record's effects. */
  writeOf(publications: readonly Publication[], origin: PublicationOrigin): Promise<Write>;
}

/** How the work of an invocation is traced. */
export interface BatchTracing {
  /** Does the work on one record, in a span of its own. */
  aroundRecord(record: DecodedRecord, work: () => Promise<RecordOutcome>): Promise<RecordOutcome>;
  /** Ends the span of the batch. */
  end(error?: unknown): void;
}

/** What middlewares and the engine know of one invocation. Each middleware fills in its own part. */
export interface Batch {
  /** The event as Lambda handed it over. */
  readonly event: unknown;
  /** `cloudEvents()` */
  records?: readonly DecodedRecord[];
  /** `cloudEvents()`: how long decoding took, in milliseconds, waiting for the registry included. */
  decodeMs?: number;
  /** `cloudEvents()`: what the mapping makes of keys and values that it deserializes itself, if it is known. */
  eventRecordFormat?: EventRecordFormat | undefined;
  /** `deadLetters()` */
  deadLetters?: DeadLetterPolicy;
  /** `idempotency()` */
  claims?: ClaimPolicy;
  /** `outbox()` */
  outbox?: OutboxPolicy;
  /** `tracing()` */
  tracing?: BatchTracing;
  /** `metrics()`: writes what came of the batch. */
  writeMetrics?: () => void;
  /** `partialBatchResponse()`: something will tell the mapping what is unfinished. */
  reportsUnfinished?: boolean;
  /** The engine: one outcome a record, in the order of `records`. */
  outcomes?: readonly RecordOutcome[];
}

/** The one key of this project on middy's `request.internal`. */
export const batchKey = "mskEventBackboneBatch";

/** The part of a middy request that the middlewares of this project touch. */
export interface BatchRequest {
  event: unknown;
  internal: { [batchKey]?: Batch };
}

/**
 * middy gives the handler the event and the context, not `request.internal`. So the event that the handler gets carries
 * the batch under this symbol; it is a copy, because two invocations may be given the same event object.
 */
const carried = Symbol("batch");

/** The batch of a middy request; the first middleware that asks creates it. */
export function batchOf(request: BatchRequest): Batch {
  const existing = request.internal[batchKey];
  if (existing) return existing;
  const batch: Batch = { event: request.event };
  request.internal[batchKey] = batch;
  request.event = { ...Object(request.event), [carried]: batch };
  return batch;
}

/** The batch of the event that middy hands to the handler; undefined when no middleware of this project ran. */
export function batchOfEvent(event: unknown): Batch | undefined {
  return carriesBatch(event) ? event[carried] : undefined;
}

function carriesBatch(event: unknown): event is { readonly [carried]: Batch } {
  return typeof event === "object" && event !== null && carried in event;
}
