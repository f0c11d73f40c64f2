import { appendFileSync } from "node:fs";
import { type ExecutionEnvironment, startEnvironment } from "./environment-process.ts";
import type { FunctionDefinition } from "./function-definition.ts";
import type { InvocationResult } from "./messages.ts";

export interface LocalFunctionOptions {
  readonly definition: FunctionDefinition;
  /** Complete environment of the function's processes. */
  readonly environment: Readonly<Record<string, string>>;
  readonly logFile: string;
  /** Execution environments at the same time; further invocations wait. */
  readonly maxConcurrency: number;
}

/** A function of the templates, run in processes of its own as Lambda would: one invocation a process at a time. */
export interface LocalFunction {
  readonly definition: FunctionDefinition;
  invoke(event: unknown): Promise<InvocationResult>;
  /** Process ids of the execution environments that are up. */
  pids(): number[];
  stop(): Promise<void>;
}

export function createLocalFunction(options: LocalFunctionOptions): LocalFunction {
  const { definition, environment, logFile, maxConcurrency } = options;
  const all = new Set<ExecutionEnvironment>();
  const idle: ExecutionEnvironment[] = [];
  /** Invocations that wait for an environment; undefined tells them that none will come. */
  const queue: ((environment: ExecutionEnvironment | undefined) => void)[] = [];
  let stopped = false;

  function start(): ExecutionEnvironment {
    const started = startEnvironment(definition, environment, logFile);
    all.add(started);
    void started.exited.then(() => all.delete(started));
    return started;
  }

  function acquire(): ExecutionEnvironment | Promise<ExecutionEnvironment | undefined> {
    // The one used last first, as Lambda does: the others may be idle long enough to be worth ending.
    for (let next = idle.pop(); next !== undefined; next = idle.pop()) if (next.alive()) return next;
    const alive = [...all].filter((one) => one.alive()).length;
    return alive < maxConcurrency ? start() : new Promise((resolve) => queue.push(resolve));
  }

  function release(used: ExecutionEnvironment): void {
    const next = queue.shift();
    if (next !== undefined) next(used.alive() ? used : start());
    else if (used.alive()) idle.push(used);
  }

  return {
    definition,
    async invoke(event) {
      const acquired = stopped ? undefined : await acquire();
      if (acquired === undefined)
        return { ok: false, error: { errorType: "Stopped", errorMessage: "the local backbone is stopping" } };
      const result = await acquired.invoke(event);
      if (!result.ok) {
        const { errorType, errorMessage, stackTrace = [] } = result.error;
        appendFileSync(logFile, `${[`${errorType}: ${errorMessage}`, ...stackTrace].join("\n")}\n`);
      }
      release(acquired);
      return result;
    },
    pids: () => [...all].flatMap((one) => (one.alive() ? (one.pid() ?? []) : [])),
    async stop() {
      stopped = true;
      for (const waiting of queue.splice(0)) waiting(undefined);
      await Promise.all([...all].map((one) => one.stop()));
    },
  };
}
