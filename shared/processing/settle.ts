import type { CloudEventV1 } from "cloudevents";
import { isForAnotherGroup } from "../dead-letter/index.ts";
import { BackboneError, type ErrorCode } from "../errors.ts";
import type { Logger } from "../logging/index.ts";
import type { SourceRecord } from "../msk-event/index.ts";
import type { ClaimPolicy, DeadLetterPolicy } from "./batch.ts";
import { type Deadline, deadlineReached } from "./deadline.ts";
import { type FailureNotes, failureNotes } from "./failure-notes.ts";
import type { GroupCommit } from "./group-commit.ts";
import { type DecodedRecord, identityOf, type RecordOutcome } from "./record.ts";
import { Redecisions } from "./redecisions.ts";
import type { Slots } from "./slots.ts";
import { isOfSurroundings, latestTrouble, surroundingsError } from "./surroundings.ts";
import { untilAnswered } from "./until-answered.ts";
import type { Verdict } from "./verdict.ts";

/** What one try at a record needs. */
export interface AttemptParts {
  readonly claims: ClaimPolicy;
  readonly deadline: Deadline;
  readonly group: GroupCommit;
  readonly now: () => Date;
}

/** One try at a record; rejects with what the user's code threw, or with what was in its way. */
export type Attempt<T> = (event: CloudEventV1<T>, record: SourceRecord) => Promise<Verdict>;

export interface SettleParts<T> extends Omit<AttemptParts, "group"> {
  readonly attempt: Attempt<T>;
  readonly slots: Slots;
  /** Without it a record that cannot be processed stays unfinished, and the mapping's own limits end it. */
  readonly deadLetters: DeadLetterPolicy | undefined;
  /** How often a decision is made again because the state moved under it. */
  readonly maxRedecisions: number;
  readonly logger: Logger;
}

type Settled =
  | { readonly status: "processed" | "duplicate" }
  | { readonly status: "failed"; readonly error: BackboneError; readonly attempts: number };

/** Brings one record to its end: effective, recognised, dead-lettered, or left for the next delivery. */
export async function settle<T>(record: DecodedRecord<T>, parts: SettleParts<T>): Promise<RecordOutcome> {
  if (isForAnotherGroup(record.source, parts.claims.consumerGroup)) return { record, status: "duplicate" };
  if (parts.deadline.near) return { record, status: "unfinished", error: deadlineReached() };
  const notes = failureNotes(record, parts.claims, parts.deadline);
  const settled = await attemptUntilSettled(record, parts, notes);
  if (settled.status !== "failed") return { record, status: settled.status };
  if (settled.error.retriable || !parts.deadLetters) return { record, status: "unfinished", error: settled.error };
  return deadLetter(record, settled, parts.deadLetters, parts, notes);
}

/** What another attempt may mend, up to `maxAttempts`; every other failure of the record is final at once. */
const countedCodes: ReadonlySet<ErrorCode> = new Set(["HANDLER_FAILED", "CONDITION_NEVER_MET"]);

/** Tries until there is an answer that repeating does not change, or no time. */
async function attemptUntilSettled<T>(
  record: DecodedRecord<T>,
  parts: SettleParts<T>,
  notes: FailureNotes,
): Promise<Settled> {
  if (record.status === "failed") return { status: "failed", error: record.error, attempts: 1 };
  const { attempt, deadline, deadLetters, maxRedecisions, now, slots } = parts;
  const maxAttempts = deadLetters?.maxAttempts ?? 1;
  let attempts = 0;
  let redecisions: Redecisions | undefined;
  let error: BackboneError | undefined;
  const failed = (of: BackboneError) => ({ status: "failed", error: of, attempts: Math.max(1, attempts) }) as const;
  for (let waits = 0; ; ) {
    try {
      const verdict = await attempt(record.event, record.source);
      switch (verdict.status) {
        case "processed":
        case "duplicate":
          return { status: verdict.status };
        case "refused":
          return failed(verdict.error);
        case "overtaken":
          continue;
        case "redecide":
          redecisions ??= new Redecisions(maxRedecisions);
          redecisions.failed(verdict.conditions);
          error = redecisions.error;
          if (!error.retriable) throw error;
          if (redecisions.exhausted) return failed(error);
          if (redecisions.first && !deadline.near) continue;
          break;
        case "leased":
          error = new BackboneError("LEASE_HELD", `another invocation is running the event '${record.event.id}'`);
          break;
        case "taken":
          error = new BackboneError(
            "STATE_MOVED",
            `an item that the event '${record.event.id}' writes is still another's`,
          );
          break;
      }
    } catch (thrown) {
      // How the function is put together is no fault of the record: the invocation fails and nothing is dead-lettered.
      if (thrown instanceof BackboneError && thrown.code === "INVALID_OPTIONS") throw thrown;
      if (isOfSurroundings(thrown)) {
        error = latestTrouble(error, surroundingsError(thrown));
      } else {
        error = handlerError(thrown);
        if (!countedCodes.has(error.code)) return failed(error);
        try {
          if (await notes.isDeadLettered()) return failed(error);
          attempts = await notes.failed(now());
        } catch (uncounted) {
          return failed(surroundingsError(uncounted));
        }
        if (attempts >= maxAttempts) return failed(error);
        // A new attempt decides as often as the first did, and with the same pauses.
        if (redecisions !== undefined) [redecisions, waits] = [undefined, 0];
      }
    }
    // Others have their turn meanwhile, and it may be late when this record has its next.
    const inTime = await slots.whileWaiting(deadline.backoff(waits++));
    if (!inTime || deadline.near) return failed(error.retriable ? error : deadlineReached(error));
  }
}

/** The thrown message stays in the cause: it may quote the payload. */
function handlerError(thrown: unknown): BackboneError {
  if (thrown instanceof BackboneError) return thrown;
  if (isSizeError(thrown)) {
    return new BackboneError("EFFECTS_TOO_LARGE", "the database refused the effects for their size", { cause: thrown });
  }
  const what = thrown instanceof Error ? thrown.name : `a ${typeof thrown}`;
  return new BackboneError("HANDLER_FAILED", `the handler threw ${what}`, { cause: thrown });
}

/** What an update makes of its item shows only when DynamoDB refuses it: by a message, there is no code for it. */
function isSizeError(thrown: unknown): boolean {
  return thrown instanceof Error && thrown.name === "ValidationException" && /size/i.test(thrown.message);
}

/**
 * Dead-letters a record that has no claim and no dead letter yet, such as one whose whole batch comes again. The consistent
 * reads come first because a record may fail on its own earlier success; the broker's acknowledgement is awaited because
 * nothing else keeps the record afterwards. No claim is written: a redriven record is processed like a new one.
 */
async function deadLetter(
  record: DecodedRecord,
  { error, attempts }: Settled & { status: "failed" },
  policy: DeadLetterPolicy,
  parts: Pick<SettleParts<never>, "claims" | "deadline" | "now" | "logger">,
  notes: FailureNotes,
): Promise<RecordOutcome> {
  const { claims, deadline, now, logger } = parts;
  const { store, consumerGroup } = claims;
  const { topic, partition, offset } = record.source;
  try {
    if (await notes.isDeadLettered()) {
      // Nothing else tells that it failed again, in a replay perhaps, when its letter may be gone.
      logger.info("record is a dead letter already", { topic, partition, offset, code: error.code });
      return { record, status: "duplicate" };
    }
    const identity = identityOf(record);
    if (identity) {
      const key = { consumerGroup, source: identity.source, eventId: identity.id };
      if (await untilAnswered(deadline, () => store.isClaimed(key, deadline.signal))) {
        return { record, status: "duplicate" };
      }
    }
    await deadline.race(() => policy.publish({ record: record.source, error, attempts }));
  } catch (thrown) {
    return { record, status: "unfinished", error: surroundingsError(thrown) };
  }
  try {
    await notes.deadLettered(attempts, now());
  } catch (thrown) {
    // The letter is acknowledged whatever is noted down. If the record comes again, it may get a second one.
    const { code, message: reason } = surroundingsError(thrown);
    logger.warn("dead letter not noted down", { topic, partition, offset, code, reason });
  }
  return { record, status: "deadLettered", error };
}
