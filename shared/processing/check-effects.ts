import { BackboneError } from "../errors.ts";
import type { Effects } from "./effects.ts";

const kinds: ReadonlySet<string> = new Set(["writes", "increments", "publish"] satisfies (keyof Effects)[]);

/**
 * Refuses a decision that is not understood: it would be claimed without having taken effect, and lost.
 *
 * @throws BackboneError HANDLER_FAILED that names what is not understood
 */
export function checkEffects(effects: unknown): void {
  if (typeof effects !== "object" || effects === null || Array.isArray(effects)) {
    const what = Array.isArray(effects) ? "a list" : effects === null ? "null" : typeof effects;
    throw new BackboneError("HANDLER_FAILED", `the decision is ${what}, not an object of effects`);
  }
  for (const [kind, value] of Object.entries(effects)) {
    if (value === undefined) continue;
    if (!kinds.has(kind)) {
      throw new BackboneError("HANDLER_FAILED", `the decision has '${kind}', known are ${[...kinds].join(", ")}`);
    }
    if (!Array.isArray(value)) throw new BackboneError("HANDLER_FAILED", `the decision's ${kind} are not a list`);
  }
}
