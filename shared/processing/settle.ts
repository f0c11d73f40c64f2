import { BackboneError } from "../errors.ts";
import type { ClaimPolicy, DeadLetterPolicy } from "./batch.ts";
import { commit, untilAnswered } from "./commit.ts";
import { type Deadline, deadlineReached } from "./deadline.ts";
import type { Decide } from "./effects.ts";
import { type DecodedRecord, identityOf, type RecordOutcome } from "./record.ts";
import { isOfSurroundings, latestTrouble, surroundingsError } from "./surroundings.ts";
import { transactionOf } from "./transaction.ts";

export interface SettleParts<T> {
  readonly decide: Decide<T>;
  readonly claims: ClaimPolicy;
  /** Without it a record that cannot be processed stays unfinished, and the mapping's own limits end it. */
  readonly deadLetters: DeadLetterPolicy | undefined;
  readonly deadline: Deadline;
  /** How often a decision is made again because the state moved under it. */
  readonly maxRedecisions: number;
  readonly newToken: () => string;
  readonly now: () => Date;
}

type Attempted =
  | { readonly status: "processed" | "duplicate" }
  | { readonly status: "failed"; readonly error: BackboneError; readonly attempts: number };

/** Brings one record to its end: decided and committed, recognised, dead-lettered, or left for the next delivery. */
export async function settle<T>(record: DecodedRecord<T>, parts: SettleParts<T>): Promise<RecordOutcome> {
  if (parts.deadline.near) return { record, status: "unfinished", error: deadlineReached() };
  const attempted = await attempt(record, parts);
  if (attempted.status !== "failed") return { record, status: attempted.status };
  if (attempted.error.retriable || !parts.deadLetters) return { record, status: "unfinished", error: attempted.error };
  return deadLetter(record, attempted.error, attempted.attempts, parts.deadLetters, parts);
}

/** Decides and commits until there is an answer that repeating does not change, or no time. */
async function attempt<T>(record: DecodedRecord<T>, parts: SettleParts<T>): Promise<Attempted> {
  if (record.status === "failed") return { status: "failed", error: record.error, attempts: 1 };
  const { deadline, deadLetters, maxRedecisions } = parts;
  const maxAttempts = deadLetters?.maxAttempts ?? 1;
  let attempts = 0;
  let redecisions = 0;
  let error: BackboneError | undefined;
  for (let turn = 0; ; turn++) {
    try {
      const verdict = await decideAndCommit(record, parts);
      switch (verdict) {
        case "processed":
        case "duplicate":
          return { status: verdict };
        case "redecide":
          error = new BackboneError("DATABASE_UNAVAILABLE", `the state moved under ${redecisions + 1} decisions`);
          if (++redecisions > maxRedecisions) return { status: "failed", error, attempts: attempts + 1 };
          break;
        default:
          return { status: "failed", error: finalErrors[verdict](), attempts: attempts + 1 };
      }
    } catch (thrown) {
      if (isOfSurroundings(thrown)) {
        error = latestTrouble(error, surroundingsError(thrown));
      } else {
        attempts++;
        error = handlerError(thrown);
        if (error.code !== "HANDLER_FAILED" || attempts >= maxAttempts) return { status: "failed", error, attempts };
      }
    }
    if (!(await deadline.backoff(turn))) {
      return { status: "failed", error: error.retriable ? error : deadlineReached(error), attempts };
    }
  }
}

async function decideAndCommit<T>(record: DecodedRecord<T> & { status: "decoded" }, parts: SettleParts<T>) {
  const { event, source } = record;
  const { claims, deadline, decide } = parts;
  const effects = await deadline.race(() => decide(event, source));
  const claim = claims.store.claimItem({
    consumerGroup: claims.consumerGroup,
    source: event.source,
    eventId: event.id,
    eventType: event.type,
    claimedAt: parts.now(),
    ttlSeconds: claims.ttlSeconds,
  });
  return commit(transactionOf(claim, effects), { store: claims.store, deadline, newToken: parts.newToken });
}

/** Answers of the database that deciding again does not change. */
const finalErrors = {
  duplicateOfBusinessKey: () =>
    new BackboneError("DUPLICATE_BUSINESS_KEY", "another event already took effect under the business key of this one"),
  ruleViolated: () => new BackboneError("RULE_VIOLATED", "a condition of the effects failed that names a rule"),
  invalid: () => new BackboneError("HANDLER_FAILED", "the database refused the effects as invalid"),
} as const;

/** The thrown message stays in the cause: it may quote the payload. */
function handlerError(thrown: unknown): BackboneError {
  if (thrown instanceof BackboneError) return thrown;
  const what = thrown instanceof Error ? thrown.name : `a ${typeof thrown}`;
  return new BackboneError("HANDLER_FAILED", `the handler threw ${what}`, { cause: thrown });
}

/**
 * Dead-letters a record that has no claim. The consistent read comes first because a record may fail on its own earlier
 * success; the broker's acknowledgement is awaited because nothing else keeps the record afterwards. No claim is written:
 * a redriven record is processed like a new one.
 */
async function deadLetter(
  record: DecodedRecord,
  error: BackboneError,
  attempts: number,
  policy: DeadLetterPolicy,
  { claims: { store, consumerGroup }, deadline }: Pick<SettleParts<never>, "claims" | "deadline">,
): Promise<RecordOutcome> {
  try {
    const identity = identityOf(record);
    if (identity) {
      const key = { consumerGroup, source: identity.source, eventId: identity.id };
      if (await untilAnswered(deadline, () => store.isClaimed(key, deadline.signal))) {
        return { record, status: "duplicate" };
      }
    }
    await deadline.race(() => policy.publish({ record: record.source, error, attempts }));
    return { record, status: "deadLettered", error };
  } catch (thrown) {
    return { record, status: "unfinished", error: surroundingsError(thrown) };
  }
}
