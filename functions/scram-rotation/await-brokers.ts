import { BackboneError } from "../../shared/errors.ts";
import type { ScramCredentials } from "../../shared/kafka/index.ts";

/** The brokers as somebody who logs in sees them, each by its address `host:port`. */
export interface Brokers {
  /** Logs in to one broker; rejects if it does not take the credentials, or does not answer. */
  logIn(broker: string, credentials: ScramCredentials): Promise<void>;
  /** The cluster's brokers that are up: a bootstrap list names some of them, and may name some that are gone. */
  list(broker: string, credentials: ScramCredentials): Promise<readonly string[]>;
}

export interface AwaitBrokersOptions {
  readonly brokers: Brokers;
  /** At least one. */
  readonly bootstrap: readonly string[];
  readonly credentials: ScramCredentials;
  /** How long may still be waited, in ms. */
  readonly remainingMs: () => number;
  readonly pause: (ms: number) => Promise<void>;
  /** Called before each further round; what it throws ends the waiting. */
  readonly checkStillWanted: () => Promise<void>;
}

const firstPauseMs = 1_000;
const maxPauseMs = 15_000;

/**
 * Waits until every broker that is up takes the credentials; one that has taken them is not asked again. Which are up, the
 * first that takes them tells: one that is away refuses no login, and must not hold up those who wait for the others.
 *
 * @throws BackboneError KAFKA_UNAVAILABLE (retriable) that names the brokers that do not, and why, when the time is over
 */
export async function awaitBrokers(options: AwaitBrokersOptions): Promise<void> {
  const { brokers, bootstrap, credentials, remainingMs, pause, checkStillWanted } = options;
  let missing = new Map(bootstrap.map((broker) => [broker, notAskedYet]));
  const taken = new Set<string>();

  async function ask(broker: string): Promise<void> {
    try {
      await brokers.logIn(broker, credentials);
      missing.delete(broker);
      taken.add(broker);
    } catch (error) {
      missing.set(broker, reasonOf(error));
    }
  }

  async function lookWhoIsUp(): Promise<void> {
    const [broker] = taken;
    if (broker === undefined) return;
    try {
      const up = await brokers.list(broker, credentials);
      const waitedFor = up.filter((other) => !taken.has(other));
      missing = new Map(waitedFor.map((other) => [other, missing.get(other) ?? notAskedYet]));
    } catch (error) {
      taken.delete(broker);
      missing.set(broker, reasonOf(error));
    }
  }

  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 2, maxPauseMs)) {
    await Promise.all([...missing.keys()].map(ask));
    await lookWhoIsUp();
    if (missing.size === 0) return;
    if (remainingMs() < pauseMs) throw notTaken(missing);
    await pause(pauseMs);
    await checkStillWanted();
  }
}

const notAskedYet = "not asked yet";

function notTaken(missing: ReadonlyMap<string, string>): BackboneError {
  const brokers = [...missing].map(([broker, reason]) => `${broker} (${reason})`).join(", ");
  return new BackboneError(
    "KAFKA_UNAVAILABLE",
    `the new password is current, but not every broker takes it yet: ${brokers}; ` +
      "nothing was restarted, the step is to be called again",
  );
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : "unknown failure";
}
