import type { CancellationReason, TransactItem } from "../idempotency/index.ts";
import type { Increment } from "./effects.ts";
import { mergeIncrements } from "./increments.ts";
import {
  type ExclusivePart,
  isShared,
  type Meaning,
  maxItems,
  maxTransactionBytes,
  type RecordTransaction,
  type SharedPart,
} from "./transaction.ts";
import { type FailedPart, type Verdict, verdictOf } from "./verdict.ts";

/** What came of one record of a cancelled pack. */
export type Cancelled =
  | { readonly status: "decided"; readonly verdict: Verdict }
  /** Another request has one of its items, or the table is throttled. */
  | { readonly status: "again" }
  /** Increments failed that it shares with other records: whose fault it is shows only alone. */
  | { readonly status: "alone" }
  /** It was cancelled for the others' sake. */
  | { readonly status: "innocent" };

interface Exclusive<Owner> {
  readonly part: ExclusivePart;
  readonly owner: Owner;
}

interface Shared<Owner> {
  readonly increments: [Increment, ...Increment[]];
  readonly owners: Set<Owner>;
}

/** What the engine's own items say. They belong to one event, and nobody decides by them. */
const bookkeepers: ReadonlySet<Meaning> = new Set(["claimed", "leased"]);

/** Transactions of several records that are committed as one: no item twice, but increments of one item are merged. */
export class Pack<Owner extends { readonly transaction: RecordTransaction }> {
  readonly owners: Owner[] = [];
  readonly #actions = new Map<string, Exclusive<Owner> | Shared<Owner>>();
  #bytes = 0;

  /** The texts of all keys in it. */
  get keys(): MapIterator<string> {
    return this.#actions.keys();
  }

  /** Takes the record in, or says why not. */
  add(owner: Owner): "added" | "collides" | "full" {
    const { parts, bytes } = owner.transaction;
    let added = 0;
    for (const [text, part] of parts) {
      const action = this.#actions.get(text);
      if (action === undefined) added++;
      else if (!("owners" in action && isShared(part))) return "collides";
    }
    if (this.#actions.size + added > maxItems || this.#bytes + bytes > maxTransactionBytes) return "full";
    for (const [text, part] of parts) this.#take(text, part, owner);
    this.#bytes += bytes;
    this.owners.push(owner);
    return "added";
  }

  /** Whether one of the keys is that of an item which is changed in another way than by increments. */
  rewrites(keys: Iterable<string>): boolean {
    for (const text of keys) {
      const action = this.#actions.get(text);
      if (action && "part" in action && !bookkeepers.has(action.part.meaning)) return true;
    }
    return false;
  }

  toItems(): TransactItem[] {
    return [...this.#actions.values()].map((action) =>
      "part" in action ? action.part.item : mergeIncrements(action.increments),
    );
  }

  /**
   * What the reasons say of each record, by its own actions alone.
   *
   * Conflicts come before what conditions mean, because a condition that failed beside a conflict may see a change that
   * is only just being made; a failed claim comes before everything.
   */
  readReasons(reasons: readonly CancellationReason[]): Map<Owner, Cancelled> {
    const own = new Map(
      this.owners.map((owner) => [owner, { failed: [] as FailedPart[], busy: false, shared: false }]),
    );
    [...this.#actions].forEach(([on, action], index) => {
      const reason = reasons[index];
      if (reason === undefined || reason.code === "none") return;
      const busy = reason.code === "conflict" || reason.code === "throttled";
      const owners = "part" in action ? [action.owner] : [...action.owners];
      for (const owner of owners) {
        const found = own.get(owner);
        if (found === undefined) continue;
        if (busy) found.busy = true;
        else if (owners.length > 1) found.shared = true;
        else if ("part" in action) found.failed.push({ on, ...action.part, reason });
        else found.failed.push({ on, item: mergeIncrements(action.increments), meaning: "redecide", reason });
      }
    });
    return new Map([...own].map(([owner, found]) => [owner, cancelledBy(owner, found)]));
  }

  #take(text: string, part: ExclusivePart | SharedPart, owner: Owner): void {
    if (!isShared(part)) {
      this.#actions.set(text, { part, owner });
      return;
    }
    const action = this.#actions.get(text);
    if (action && "owners" in action) {
      action.increments.push(...part.increments);
      action.owners.add(owner);
    } else {
      this.#actions.set(text, { increments: [...part.increments], owners: new Set([owner]) });
    }
  }
}

function cancelledBy(
  { transaction: { eventId } }: { readonly transaction: RecordTransaction },
  {
    failed,
    busy,
    shared,
  }: { readonly failed: readonly FailedPart[]; readonly busy: boolean; readonly shared: boolean },
): Cancelled {
  const verdict = verdictOf(eventId, failed);
  if (verdict?.status === "duplicate") return { status: "decided", verdict };
  if (busy) return { status: "again" };
  if (shared) return { status: "alone" };
  return verdict ? { status: "decided", verdict } : { status: "innocent" };
}
