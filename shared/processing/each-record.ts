import { randomUUID } from "node:crypto";
import * as v from "valibot";
import { BackboneError } from "../errors.ts";
import { createLogger, type Logger } from "../logging/index.ts";
import { parseOptions } from "../options/index.ts";
import { countOutcomes, logOutcomes } from "./accounting.ts";
import { type Batch, batchOfEvent } from "./batch.ts";
import { createDeadline, type InvocationContext, invocationEnd } from "./deadline.ts";
import { decideAndCommit } from "./decide-and-commit.ts";
import type { Decide } from "./effects.ts";
import { GroupCommit } from "./group-commit.ts";
import { lanesOf, type Ordering, workLane } from "./lanes.ts";
import type { DecodedRecord, RecordOutcome } from "./record.ts";
import { type Run, runUnderLease } from "./run-under-lease.ts";
import { settle } from "./settle.ts";
import { Slots } from "./slots.ts";

export interface EachRecordOptions {
  /** What keeps its order. @default "key" */
  readonly ordering?: Ordering;
  /**
   * Records worked side by side, over all partitions, 1 or more. One that waits to be tried again does not count.
   *
   * @default 400, eight full transactions of a claim and a write; 20 with `effects: "external"`, whose other side may not
   * bear more
   */
  readonly concurrency?: number;
  /**
   * How long a decided record waits for those that are still being decided about, to share a transaction with them, in
   * milliseconds. @default 5
   */
  readonly lingerMs?: number;
  /**
   * Milliseconds before Lambda's own end at which the rest of the batch is returned unfinished. The answer has to be on
   * its way before middy gives up the invocation (`timeoutEarlyInMillis`, 5 ms before the end): then all of it comes
   * again. A function whose timeout is no longer than this begins nothing. @default 1000
   */
  readonly marginMs?: number;
  /**
   * How often a decision is made again because the state moved under it. After that the record comes again (STATE_MOVED),
   * or when no decision came to another condition, it counts as an attempt (CONDITION_NEVER_MET), which takes at least 1.
   * With the default waits 10 take 8 s on average, 16 s at most: a function with less time counts nothing. @default 10
   */
  readonly maxRedecisions?: number;
  /** Bound of the first wait before a repetition, in milliseconds; it doubles with each. @default 50 */
  readonly backoffBaseMs?: number;
  /** Bound of every wait before a repetition, in milliseconds. @default 5000 */
  readonly backoffMaxMs?: number;
  /** @default a logger of the service "processing" */
  readonly logger?: Logger;
  /** @default () => new Date() */
  readonly now?: () => Date;
  /** Client request tokens: at most 36 characters, never the same twice. @default randomUUID */
  readonly newToken?: () => string;
  /** Numbers in [0, 1) for the jitter. @default Math.random */
  readonly random?: () => number;
}

/** For handlers whose effects are not in DynamoDB. */
export interface ExternalEffectsOptions extends EachRecordOptions {
  readonly effects: "external";
}

const optionsSchema = v.strictObject({
  effects: v.optional(v.literal("external")),
  ordering: v.optional(v.picklist(["key", "partition", "none"]), "key"),
  concurrency: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1))),
  lingerMs: v.optional(v.pipe(v.number(), v.minValue(0)), 5),
  marginMs: v.optional(v.pipe(v.number(), v.minValue(0)), 1_000),
  maxRedecisions: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0)), 10),
  backoffBaseMs: v.optional(v.pipe(v.number(), v.minValue(0)), 50),
  backoffMaxMs: v.optional(v.pipe(v.number(), v.minValue(0)), 5_000),
  logger: v.optional(v.custom<Logger>((logger) => typeof logger === "object" && logger !== null)),
  now: v.optional(v.custom<() => Date>((now) => typeof now === "function")),
  newToken: v.optional(v.custom<() => string>((newToken) => typeof newToken === "function")),
  random: v.optional(v.custom<() => number>((random) => typeof random === "function")),
});

/**
 * The handler that decides about each record of a batch and commits what was decided.
 *
 * Records are worked side by side, those of one key in a partition in their order. A record's claim and its effects are
 * committed by one DynamoDB transaction, which it shares with other records: exactly-once effects for as long as the
 * claim lives, whatever is delivered how often. Every record ends as exactly one of processed, duplicate, dead-lettered
 * or unfinished. While DynamoDB is away, the calls in flight are repeated with backoff until the deadline; nothing is
 * dead-lettered for it.
 *
 * With `effects: "external"` it runs a handler whose effects lie outside of DynamoDB: at-least-once, see `Run`.
 *
 * Events that a decision publishes are kept with its effects, in the same transaction, by `outbox()`.
 *
 * Needs `cloudEvents()` and `idempotency()` before it, and `partialBatchResponse()` to report what is unfinished: without
 * that, it throws when something is.
 *
 * @example
 * export const handler = middy()
 *   .use(partialBatchResponse({ reportBatchItemFailures: true }))
 *   .use(deadLetters({ topic, consumerGroup, producer }))
 *   .use(cloudEvents({ deserializer }))
 *   .use(idempotency({ store, consumerGroup, ttlSeconds }))
 *   .handler(eachRecord<OrderCreated>((event) => ({ writes: [reservationOf(event)] })));
 *
 * @throws BackboneError INVALID_OPTIONS for wrong options, and on invocation when a middleware is missing, or two of them
 *   have different consumer groups
 */
export function eachRecord<T>(decide: Decide<T>, options?: EachRecordOptions): BatchHandler;
export function eachRecord<T>(run: Run<T>, options: ExternalEffectsOptions): BatchHandler;
export function eachRecord<T>(
  handle: Decide<T> | Run<T>,
  options: EachRecordOptions | ExternalEffectsOptions = {},
): BatchHandler {
  const { logger = createLogger({ service: "processing" }), ...engine } = parseOptions(
    "eachRecord",
    optionsSchema,
    options,
  );
  const { now = () => new Date(), newToken = randomUUID, random = Math.random } = engine;
  const { concurrency = engine.effects === "external" ? 20 : 400 } = engine;
  const backoff = { baseMs: engine.backoffBaseMs, maxMs: engine.backoffMaxMs, random };

  return async function handleBatch(event, context) {
    const { batch, records, claims } = checked<T>(batchOfEvent(event));
    const deadline = createDeadline(context, engine.marginMs, backoff);
    const { deadLetters, tracing } = batch;
    const slots = new Slots(concurrency);
    const group = new GroupCommit({ store: claims.store, deadline, slots, newToken, lingerMs: engine.lingerMs });
    const parts = { claims, deadline, group, now };
    const attempt =
      engine.effects === "external"
        ? runUnderLease(handle as Run<T>, { ...parts, newToken, leasedUntil: invocationEnd(context, now()) })
        : decideAndCommit(handle as Decide<T>, { ...parts, outbox: batch.outbox });
    const settling = { ...parts, attempt, slots, deadLetters, maxRedecisions: engine.maxRedecisions, logger };
    try {
      const settled = await slots.workAll(lanesOf(records, engine.ordering), (lane) =>
        workLane(lane, (record) => {
          const work = () => settle(record, settling);
          return tracing ? tracing.aroundRecord(record, work) : work();
        }),
      );
      const outcomes = inOrderOf(records, settled.flat());
      const counts = countOutcomes(records, outcomes);
      batch.outcomes = outcomes;
      logOutcomes(logger, counts, outcomes);
      if (counts.unfinished > 0 && !batch.reportsUnfinished) {
        throw new BackboneError("INVALID_OPTIONS", "records are unfinished and no partialBatchResponse() reports them");
      }
    } finally {
      deadline.close();
    }
  };
}

type BatchHandler = (event: unknown, context: InvocationContext) => Promise<undefined>;

function checked<T>(batch: Batch | undefined) {
  if (!batch?.records || !batch.claims) {
    const missing = [!batch?.records && "cloudEvents()", !batch?.claims && "idempotency()"].filter(Boolean);
    throw new BackboneError("INVALID_OPTIONS", `eachRecord needs ${missing.join(" and ")} before it`);
  }
  const group = batch.deadLetters?.consumerGroup ?? batch.claims.consumerGroup;
  if (group !== batch.claims.consumerGroup) {
    const groups = `deadLetters() has '${group}', idempotency() '${batch.claims.consumerGroup}'`;
    throw new BackboneError("INVALID_OPTIONS", `consumer group: ${groups}; this consumer would skip what is redriven`);
  }
  // What the deserializer yields for the events that this handler is given is T: the reader's schema says so.
  return { batch, records: batch.records as readonly DecodedRecord<T>[], claims: batch.claims };
}

function inOrderOf(records: readonly DecodedRecord[], outcomes: readonly RecordOutcome[]): RecordOutcome[] {
  const position = new Map(records.map((record, index) => [record, index]));
  return outcomes.toSorted((a, b) => (position.get(a.record) ?? 0) - (position.get(b.record) ?? 0));
}
