import { isDeepStrictEqual } from "node:util";
import { BackboneError } from "../errors.ts";
import type { Condition } from "./condition.ts";

/** Counts how often a record is decided again, and tells why that does not end. */
export class Redecisions {
  readonly #max: number;
  #failures = 0;
  #first: readonly Condition[] = [];
  #unchanged = true;

  constructor(max: number) {
    this.#max = max;
  }

  /** Whether to decide again at once: the next state is newer than the one that moved, so the first time nothing waits. */
  get first(): boolean {
    return this.#failures === 1;
  }

  get exhausted(): boolean {
    return this.#failures > this.#max;
  }

  /** Takes in that conditions of a decision failed. */
  failed(conditions: readonly Condition[]): void {
    if (this.#failures++ === 0) this.#first = conditions;
    else this.#unchanged &&= isDeepStrictEqual(conditions, this.#first);
  }

  /**
   * What is in the way: other writers, or when all are used up and not one came to another condition, the decision itself.
   * Where none was allowed, nothing tells them apart, and it counts as the others'.
   */
  get error(): BackboneError {
    const times = this.#failures === 1 ? "one decision" : `${this.#failures} decisions`;
    return this.exhausted && this.#failures > 1 && this.#unchanged
      ? new BackboneError("CONDITION_NEVER_MET", `${times} in a row came to the same condition, which failed each time`)
      : new BackboneError("STATE_MOVED", `a condition on the state failed for ${times}`);
  }
}
