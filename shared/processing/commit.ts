import { BackboneError } from "../errors.ts";
import type { IdempotencyStore } from "../idempotency/index.ts";
import type { Deadline } from "./deadline.ts";
import { isOfSurroundings, latestTrouble, surroundingsError } from "./surroundings.ts";
import { type Cancellation, cancellationOf, type Transaction } from "./transaction.ts";

export interface CommitParts {
  readonly store: IdempotencyStore;
  readonly deadline: Deadline;
  /** At most 36 characters, never the same twice. */
  readonly newToken: () => string;
}

/**
 * Repeats a call while the surroundings are away and there is time.
 *
 * @throws a retriable BackboneError when the time is up; the call's own error when it is not of the surroundings
 */
export async function untilAnswered<T>(deadline: Deadline, call: () => Promise<T>): Promise<T> {
  let trouble: BackboneError | undefined;
  for (let attempt = 0; ; attempt++) {
    try {
      return await deadline.race(call);
    } catch (error) {
      if (!isOfSurroundings(error)) throw error;
      trouble = latestTrouble(trouble, surroundingsError(error));
      if (!(await deadline.backoff(attempt))) throw trouble;
    }
  }
}

/**
 * Commits one transaction and says what came of it. Lost answers, conflicts and throttling are repeated until the
 * deadline; then it throws a retriable BackboneError, and the outcome may be unknown: the claim tells the next time.
 */
export async function commit(
  transaction: Transaction,
  { store, deadline, newToken }: CommitParts,
): Promise<"processed" | Exclude<Cancellation, "surroundings">> {
  const items = transaction.map(({ item }) => item);
  for (let conflicts = 0; ; conflicts++) {
    // One token for all repetitions of unanswered calls: if the first one took effect after all, the repetition succeeds
    // instead of failing on the record's own claim. After an answer, nothing took effect, and the next call is a new one.
    const token = newToken();
    const result = await untilAnswered(deadline, () => store.transact(items, token, deadline.signal));
    if (result.status === "committed") return "processed";
    const cancellation = cancellationOf(transaction, result.reasons);
    if (cancellation !== "surroundings") return cancellation;
    if (!(await deadline.backoff(conflicts))) {
      throw new BackboneError(
        "DATABASE_UNAVAILABLE",
        `conflicts or throttling cancelled ${conflicts + 1} transactions`,
      );
    }
  }
}
