import { setImmediate } from "node:timers";
import { BackboneError } from "../errors.ts";
import type { IdempotencyStore } from "../idempotency/index.ts";
import { type Deadline, deadlineReached } from "./deadline.ts";
import { type Cancelled, Pack } from "./pack.ts";
import type { Slots } from "./slots.ts";
import { isOfOneTable, isOfSurroundings, latestTrouble, surroundingsError } from "./surroundings.ts";
import type { RecordTransaction } from "./transaction.ts";
import { untilAnswered } from "./until-answered.ts";
import type { Verdict } from "./verdict.ts";

export interface GroupCommitParts {
  readonly store: IdempotencyStore;
  readonly deadline: Deadline;
  /** Each record that commits has one of them. */
  readonly slots: Slots;
  /** At most 36 characters, never the same twice. */
  readonly newToken: () => string;
  /** How long a transaction waits for those of records that are still being decided about, in milliseconds. */
  readonly lingerMs: number;
}

/** A record's transaction that waits for its verdict. */
interface Waiting {
  readonly transaction: RecordTransaction;
  readonly resolve: (verdict: Verdict) => void;
  readonly reject: (error: unknown) => void;
  /** Shares a transaction with nobody, because a shared one failed and did not show whose fault it was. */
  alone: boolean;
  /** How many of its transactions conflicts or throttling cancelled, or a table refused that is missing or not granted. */
  refusals: number;
  /** What the last of them was. */
  trouble: BackboneError | undefined;
}

/**
 * Commits the transactions of many records in few calls, each record's as a whole or not at all.
 *
 * What is committed at about the same time goes into one TransactWriteItems call, up to its limits, with the increments of
 * one item merged. A call is made when it is full, when no decision is on its way that could join, or after `lingerMs`.
 * No two calls in flight touch one item, so that an invocation is never in its own way. When a call is cancelled, each
 * record gets the verdict on its own actions; those that were cancelled for the others' sake go again without them.
 */
export class GroupCommit {
  readonly #parts: GroupCommitParts;
  #queue: Waiting[] = [];
  /** Keys of the items in flight. */
  readonly #busy = new Set<string>();
  #deciding = 0;
  #pumping = false;
  #linger: NodeJS.Timeout | undefined;

  constructor(parts: GroupCommitParts) {
    this.#parts = parts;
    parts.deadline.signal.addEventListener("abort", () => this.#giveUp(), { once: true });
  }

  /** Does work that ends in a commit: others wait for it a moment. */
  async whileDeciding<T>(work: () => Promise<T>): Promise<T> {
    this.#deciding++;
    try {
      return await work();
    } finally {
      this.#deciding--;
      this.#schedule();
    }
  }

  /**
   * The verdict on a record's transaction. Lost answers, conflicts and throttling are repeated until the deadline; then
   * it rejects with a retriable BackboneError, and the outcome may be unknown: the claim tells the next time. It rejects
   * with the database client's own error when that lies in the transaction.
   */
  commit(transaction: RecordTransaction): Promise<Verdict> {
    return new Promise((resolve, reject) =>
      this.#enqueue([{ transaction, resolve, reject, alone: false, refusals: 0, trouble: undefined }]),
    );
  }

  #enqueue(waiting: readonly Waiting[]): void {
    this.#queue.push(...waiting);
    this.#schedule();
  }

  /** Once a turn of the event loop: what is decided in this turn goes together. */
  #schedule(): void {
    if (this.#pumping || this.#queue.length === 0) return;
    this.#pumping = true;
    setImmediate(() => {
      this.#pumping = false;
      this.#pump(false);
    });
  }

  #pump(lingered: boolean): void {
    if (this.#parts.deadline.signal.aborted) this.#giveUp();
    for (;;) {
      const { pack, full } = this.#nextPack();
      if (pack.owners.length === 0) {
        this.#stopLingering();
        return;
      }
      if (!full && !lingered && this.#deciding > 0) {
        this.#linger ??= setTimeout(() => {
          this.#stopLingering();
          this.#pump(true);
        }, this.#parts.lingerMs);
        return;
      }
      this.#take(new Set(pack.owners));
      void this.#send(pack);
    }
  }

  /** As many as fit, in the order in which they came, of those whose items are not in flight. */
  #nextPack(): { readonly pack: Pack<Waiting>; readonly full: boolean } {
    const pack = new Pack<Waiting>();
    for (const waiting of this.#queue) {
      if (this.#isBusy(waiting) || (waiting.alone && pack.owners.length > 0)) continue;
      const full = pack.add(waiting) === "full" || waiting.alone;
      if (full) return { pack, full };
    }
    return { pack, full: false };
  }

  #isBusy({ transaction }: Waiting): boolean {
    for (const key of transaction.parts.keys()) if (this.#busy.has(key)) return true;
    return false;
  }

  #take(taken: ReadonlySet<Waiting>): void {
    this.#queue = this.#queue.filter((waiting) => !taken.has(waiting));
  }

  async #send(pack: Pack<Waiting>): Promise<void> {
    const keys = [...pack.keys];
    for (const key of keys) this.#busy.add(key);
    try {
      await this.#commit(pack);
    } catch (error) {
      this.#failed(pack, error);
    } finally {
      for (const key of keys) this.#busy.delete(key);
      this.#schedule();
    }
  }

  async #commit(pack: Pack<Waiting>): Promise<void> {
    const { store, deadline, newToken } = this.#parts;
    const items = pack.toItems();
    // One token for all repetitions of unanswered calls: if the first one took effect after all, the repetition
    // succeeds instead of failing on the records' own claims. After an answer, what is left is sent under a new one.
    const token = newToken();
    const call = () => store.transact(items, token, deadline.signal);
    // What one table refuses is waited for alone, not at the cost of those who do not need that table.
    const result = await untilAnswered(deadline, call, (error) => !isOfOneTable(error));
    if (result.status === "committed") this.#committed(pack);
    else this.#cancelled(pack.readReasons(result.reasons));
  }

  #committed(pack: Pack<Waiting>): void {
    for (const { resolve } of pack.owners) resolve({ status: "processed" });
    const overtaken = new Set(this.#queue.filter(({ transaction }) => pack.rewrites(transaction.parts.keys())));
    this.#take(overtaken);
    for (const { resolve } of overtaken) resolve({ status: "overtaken" });
  }

  #cancelled(found: ReadonlyMap<Waiting, Cancelled>): void {
    // Cancelled without a reason: nobody is to blame, so all try again like after a conflict.
    const blameless = [...found.values()].every(({ status }) => status === "innocent");
    const ready: Waiting[] = [];
    const later: Waiting[] = [];
    for (const [waiting, cancelled] of found) {
      if (cancelled.status === "decided") waiting.resolve(cancelled.verdict);
      else if (cancelled.status === "again" || blameless) later.push(waiting);
      else ready.push(waiting);
      if (cancelled.status === "alone") waiting.alone = true;
    }
    this.#queue.unshift(...ready);
    if (later.length > 0) {
      const message = "conflicts or throttling cancelled its transactions until time ran out";
      this.#enqueueLater(later, new BackboneError("DATABASE_UNAVAILABLE", message));
    }
  }

  /** The records wait for one pause, each without its slot: those that need other items or tables go on meanwhile. */
  #enqueueLater(waiting: readonly Waiting[], error: BackboneError): void {
    const pause = this.#parts.deadline.backoff(Math.max(...waiting.map((one) => one.refusals++)));
    for (const one of waiting) {
      one.trouble = error;
      const waited = this.#parts.slots.whileWaiting(pause, { decided: true });
      void waited.then((inTime) => (inTime ? this.#enqueue([one]) : one.reject(error)));
    }
  }

  /** An error that is not of all surroundings lies in one of the transactions, and does not say in which. */
  #failed({ owners }: Pack<Waiting>, error: unknown): void {
    if (owners.length > 1 && (isOfOneTable(error) || !isOfSurroundings(error))) {
      for (const waiting of owners) waiting.alone = true;
      this.#queue.unshift(...owners);
    } else if (isOfOneTable(error)) this.#enqueueLater(owners, surroundingsError(error));
    else if (!isOfSurroundings(error)) for (const { reject } of owners) reject(error);
    else for (const { reject, trouble } of owners) reject(latestTrouble(trouble, surroundingsError(error)));
  }

  #stopLingering(): void {
    clearTimeout(this.#linger);
    this.#linger = undefined;
  }

  #giveUp(): void {
    this.#stopLingering();
    for (const { reject, trouble } of this.#queue.splice(0)) reject(trouble ?? deadlineReached());
  }
}
