import { setTimeout } from "node:timers/promises";
import { BackboneError } from "../../shared/errors.ts";

export interface PatienceOptions {
  /** How long after the beginning an attempt may still follow a failed one. The last one takes its time on top of it. */
  readonly patienceMs: number;
  /** Told of each attempt that fails. */
  readonly failed: (error: unknown) => void;
  /** Milliseconds of a clock that only goes forward. @default performance.now */
  readonly now?: () => number;
  /** Waits between two attempts. @default 2 seconds */
  readonly pause?: () => Promise<void>;
}

/**
 * Attempts something until it succeeds.
 *
 * @throws BackboneError KAFKA_UNAVAILABLE with the last failure when the patience is over
 */
export async function attemptPatiently(
  { patienceMs, failed, now = () => performance.now(), pause = () => setTimeout(2_000) }: PatienceOptions,
  attempt: () => Promise<void>,
): Promise<void> {
  const deadline = now() + patienceMs;
  for (;;) {
    try {
      return await attempt();
    } catch (cause) {
      failed(cause);
      if (now() >= deadline) {
        const reason = cause instanceof Error ? cause.message : String(cause);
        throw new BackboneError("KAFKA_UNAVAILABLE", `the ACLs could not be applied: ${reason}`, { cause });
      }
      await pause();
    }
  }
}
