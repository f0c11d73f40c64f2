import { BackboneError } from "../errors.ts";
import type { CancellationReason } from "../idempotency/index.ts";
import { type Condition, conditionOf } from "./condition.ts";
import type { ExclusivePart, Meaning } from "./transaction.ts";

/** What came of a record's transaction. */
export type Verdict =
  | { readonly status: "processed" }
  /** The event had taken effect before. */
  | { readonly status: "duplicate" }
  /** Another invocation is at work on the event. */
  | { readonly status: "leased" }
  /** The state moved after the decision, or never was as it assumes: decide again. */
  | { readonly status: "redecide"; readonly conditions: readonly Condition[] }
  /** Not tried: another record's effects changed an item that it touches. Deciding again is no sign of trouble. */
  | { readonly status: "overtaken" }
  /** An item is another's, who will leave: wait, and decide again. */
  | { readonly status: "taken" }
  | { readonly status: "refused"; readonly error: BackboneError };

/** An action of a cancelled transaction and its reason. */
export interface FailedPart extends ExclusivePart {
  /** The text of the item's key. */
  readonly on: string;
  readonly reason: CancellationReason;
}

/**
 * What the failed conditions of one record's own actions say; undefined when there are none.
 *
 * A failed claim outranks every other: the event's own earlier success is what the other conditions trip over.
 * `redecide` comes before the final ones, because those were decided on a state that has moved. `taken` comes last:
 * nothing was decided on it, and waiting would not change the others.
 */
export function verdictOf(eventId: string, failed: readonly FailedPart[]): Verdict | undefined {
  const meaning = (["claimed", "leased", "redecide", "duplicateOfBusinessKey", "ruleViolated", "taken"] as const).find(
    (one) => failed.some(({ meaning, reason }) => reason.code === "conditionFailed" && meaning === one),
  );
  const invalid = failed.some(({ reason }) => reason.code === "invalid");
  // What DynamoDB refuses as invalid it refuses whatever the state is, unless the event has had its effect already.
  if (invalid && meaning !== "claimed") {
    return {
      status: "refused",
      error: new BackboneError("HANDLER_FAILED", "the database refused the effects as invalid"),
    };
  }
  return meaning && verdicts[meaning](eventId, failed);
}

const verdicts: Readonly<Record<Meaning, (eventId: string, failed: readonly FailedPart[]) => Verdict>> = {
  claimed: () => ({ status: "duplicate" }),
  leased: () => ({ status: "leased" }),
  redecide: (_eventId, failed) => ({
    status: "redecide",
    conditions: failed.filter(({ meaning }) => meaning === "redecide").map(({ on, item }) => conditionOf(on, item)),
  }),
  duplicateOfBusinessKey: (eventId, failed) => ({
    status: "refused",
    error: new BackboneError(
      "DUPLICATE_BUSINESS_KEY",
      `the event '${eventId}' has the business key of ${earlierEvent(failed)}, which took effect before`,
    ),
  }),
  ruleViolated: (eventId) => ({
    status: "refused",
    error: new BackboneError("RULE_VIOLATED", `a condition of the event '${eventId}' failed that names a rule`),
  }),
  taken: () => ({ status: "taken" }),
};

/** The event that the item in the way names, where the write says how. */
function earlierEvent(failed: readonly FailedPart[]): string {
  for (const { meaning, eventIdAttribute, reason } of failed) {
    if (meaning !== "duplicateOfBusinessKey" || eventIdAttribute === undefined) continue;
    const id = reason.existing?.[eventIdAttribute];
    if (typeof id === "string") return `the event '${id}'`;
  }
  return "another event";
}
