import { randomUUID } from "node:crypto";
import { fileURLToPath } from "node:url";
import { startGuarded } from "../parts/guarded-process.ts";
import type { FunctionDefinition } from "./function-definition.ts";
import type { FunctionError, Invocation, InvocationResult, RuntimeMessage } from "./messages.ts";

const runtime = fileURLToPath(new URL("runtime.ts", import.meta.url));

/** One execution environment of a function: a process that serves one invocation at a time. */
export interface ExecutionEnvironment {
  /** The function's own process, undefined until it is up. */
  readonly pid: () => number | undefined;
  readonly alive: () => boolean;
  /** Never rejects; a crash or a time-out is an outcome, and ends the environment. */
  invoke(event: unknown): Promise<InvocationResult>;
  /** Resolves when its process is gone. */
  readonly exited: Promise<unknown>;
  stop(): Promise<void>;
}

/** Starts a process for the function, with its memory as the heap's limit. */
export function startEnvironment(
  definition: FunctionDefinition,
  environment: Readonly<Record<string, string>>,
  logFile: string,
): ExecutionEnvironment {
  const heap = `--max-old-space-size=${definition.memoryMb}`;
  const guarded = startGuarded({
    command: process.execPath,
    args: [heap, runtime, definition.bundle, definition.exportName],
    env: { PATH: process.env.PATH, ...environment },
    logFile,
    ipc: true,
  });
  let pid: number | undefined;
  let ended = false;
  let answer: ((result: InvocationResult) => void) | undefined;
  let waiting: Invocation | undefined;
  let initError: FunctionError | undefined;

  const finish = (result: InvocationResult) => {
    answer?.(result);
    answer = undefined;
  };
  guarded.process.on("message", (message: RuntimeMessage) => {
    switch (message.type) {
      case "ready":
        pid = message.pid;
        if (waiting !== undefined) guarded.process.send(waiting, () => undefined);
        waiting = undefined;
        return;
      case "initFailed":
        initError = message.error;
        void guarded.stop();
        return;
      case "result":
        return finish({ ok: true, payload: message.payload });
      case "error":
        return finish({ ok: false, error: message.error });
    }
  });
  // A channel that closes under a message says what `exited` says a moment later.
  guarded.process.on("error", () => undefined);
  void guarded.exited.then(({ code, signal }) => {
    ended = true;
    const how = signal === null ? `exit status: ${code}` : `signal: ${signal}`;
    finish({
      ok: false,
      error: initError ?? { errorType: "Runtime.ExitError", errorMessage: `Runtime exited with error: ${how}` },
    });
  });

  return {
    pid: () => pid,
    alive: () => !ended,
    async invoke(event) {
      const invocation: Invocation = {
        requestId: randomUUID(),
        functionName: definition.name,
        functionArn: definition.arn,
        memoryMb: definition.memoryMb,
        deadlineMs: Date.now() + definition.timeoutMs,
        event,
      };
      if (ended) return { ok: false, error: { errorType: "Runtime.ExitError", errorMessage: "Runtime exited before" } };
      const timer = setTimeout(() => {
        ended = true; // before the answer, or the next invocation would get this dying process
        const errorMessage = `Task timed out after ${(definition.timeoutMs / 1000).toFixed(2)} seconds`;
        finish({ ok: false, error: { errorType: "Sandbox.Timedout", errorMessage } });
        void guarded.stop();
      }, definition.timeoutMs);
      try {
        return await new Promise<InvocationResult>((resolve) => {
          answer = resolve;
          if (pid === undefined) waiting = invocation;
          else guarded.process.send(invocation, () => undefined);
        });
      } finally {
        clearTimeout(timer);
      }
    },
    exited: guarded.exited,
    stop: () => guarded.stop(),
  };
}
