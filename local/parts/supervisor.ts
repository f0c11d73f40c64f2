import type { BackboneError } from "../../shared/errors.ts";
import type { GuardedProcess } from "./guarded-process.ts";
import { failed } from "./part.ts";

/** Keeps the parts of one backbone: knows which run, and says when one ends that nobody stopped. */
export interface Supervisor {
  /** Rejects with PART_FAILED when a part ends by itself; never resolves. */
  readonly broken: Promise<never>;
  /** Makes `broken` reject for something that is no process. */
  fail(error: BackboneError): void;
  /** Runs a part under a name; `start` resolves when it serves. */
  start(name: string, logFile: string, start: () => Promise<GuardedProcess>): Promise<void>;
  stop(name: string): Promise<void>;
  /** Stops every part, also those that are still starting, side by side. */
  stopAll(): Promise<void>;
}

export function createSupervisor(): Supervisor {
  const running = new Map<string, GuardedProcess>();
  const starting = new Set<Promise<unknown>>();
  const { promise: broken, reject } = Promise.withResolvers<never>();
  broken.catch(() => undefined); // whoever waits for it hears of it; nobody has to

  async function stop(name: string): Promise<void> {
    const part = running.get(name);
    running.delete(name);
    await part?.stop();
  }

  return {
    broken,
    fail: reject,
    async start(name, logFile, start) {
      const started = start();
      starting.add(started);
      try {
        const part = await started;
        running.set(name, part);
        void part.exited.then(() => {
          if (running.get(name) === part) reject(failed({ name, logFile }, "ended by itself"));
        });
      } finally {
        starting.delete(started);
      }
    },
    stop,
    async stopAll() {
      await Promise.allSettled(starting);
      await Promise.all([...running.keys()].map(stop));
    },
  };
}
