import { setMaxListeners } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { BackboneError } from "../errors.ts";

/** No function runs longer than 15 minutes: the deadline where no Lambda context says one (tests, other hosts). */
const longestInvocationMs = 15 * 60 * 1000;

/** The part of Lambda's context that the engine needs. */
export interface InvocationContext {
  readonly getRemainingTimeInMillis?: () => number;
}

function remainingMsOf({ getRemainingTimeInMillis }: InvocationContext): number {
  return getRemainingTimeInMillis?.() ?? longestInvocationMs;
}

/** When Lambda ends the invocation at the latest. */
export function invocationEnd(context: InvocationContext, now: Date): Date {
  return new Date(now.getTime() + remainingMsOf(context));
}

export interface BackoffOptions {
  /** Bound of the first wait, in milliseconds. */
  readonly baseMs: number;
  /** Bound of every wait, in milliseconds. */
  readonly maxMs: number;
  /** Number in [0, 1). */
  readonly random: () => number;
}

export interface Deadline {
  /** Whether it is too late to begin something: less than `baseMs` is left, the time of one wait. */
  readonly near: boolean;
  /** Aborted when the deadline passes. */
  readonly signal: AbortSignal;
  /**
   * The work's result, or DEADLINE_REACHED when the deadline comes first: the work is not waited for then, and not
   * started when the deadline has passed.
   */
  race<T>(work: () => Promise<T> | T): Promise<T>;
  /**
   * Waits before the repetition number `attempt` (from 0): full jitter, uniform in [0, min(maxMs, baseMs × 2^attempt)),
   * and never past the deadline. Resolves to false, when it is too late for a repetition.
   * https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter/
   */
  backoff(attempt: number): Promise<boolean>;
  /** Frees the timer. */
  close(): void;
}

/** The end of an invocation, a margin before Lambda's own: what is not done by then is returned, not killed half-way. */
export function createDeadline(
  context: InvocationContext,
  marginMs: number,
  { baseMs, maxMs, random }: BackoffOptions,
): Deadline {
  const remainingMs = () => remainingMsOf(context) - marginMs;
  const controller = new AbortController();
  const { signal } = controller;
  // Each partition and each request in flight listens; that is no leak, the signal lives for one invocation.
  setMaxListeners(0, signal);
  const timer = setTimeout(() => controller.abort(), Math.max(0, remainingMs()));
  const isNear = () => signal.aborted || remainingMs() <= baseMs;

  async function race<T>(work: () => Promise<T> | T): Promise<T> {
    if (signal.aborted || remainingMs() <= 0) throw deadlineReached();
    const { promise: end, reject } = Promise.withResolvers<never>();
    const stop = () => reject(deadlineReached());
    signal.addEventListener("abort", stop, { once: true });
    try {
      return await Promise.race([work(), end]);
    } finally {
      signal.removeEventListener("abort", stop);
    }
  }

  async function backoff(attempt: number): Promise<boolean> {
    if (isNear()) return false;
    await sleep(random() * Math.min(maxMs, baseMs * 2 ** attempt, Math.max(0, remainingMs())));
    return !isNear();
  }

  return {
    get near() {
      return isNear();
    },
    signal,
    race,
    backoff,
    close: () => clearTimeout(timer),
  };
}

export function deadlineReached(cause?: BackboneError): BackboneError {
  const message = "the invocation is about to run out of time; the record comes again";
  return new BackboneError("DEADLINE_REACHED", message, { cause });
}
