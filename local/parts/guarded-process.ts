import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { fileURLToPath } from "node:url";

const guardScript = fileURLToPath(new URL("guard.sh", import.meta.url));

export interface GuardedProcessOptions {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  /** File that standard output and standard error are appended to. */
  readonly logFile: string;
  /** Working folder. @default the current one */
  readonly cwd?: string;
  /** Seconds between TERM and KILL when the process is stopped. @default 0 (KILL follows at once) */
  readonly graceSeconds?: number;
  /** Opens a message channel (JSON) to a Node process. @default false */
  readonly ipc?: boolean;
}

/** A process of the local backbone; it ends with the process that started it, whatever ends that one. */
export interface GuardedProcess {
  readonly process: ChildProcess;
  /** Resolves when the process has ended, for whatever reason; never rejects. */
  readonly exited: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  /** Ends the process: TERM, after the grace period KILL. Resolves when it is gone; may be called twice. */
  stop(): Promise<void>;
}

/**
 * Starts a command under guard.sh. In a session of its own (`detached`), so that ctrl-c on the terminal reaches only
 * the starter, which then stops its processes in order.
 */
export function startGuarded(options: GuardedProcessOptions): GuardedProcess {
  const log = openSync(options.logFile, "a");
  const child = spawn("sh", [guardScript, String(options.graceSeconds ?? 0), options.command, ...options.args], {
    env: options.env,
    detached: true,
    stdio: ["pipe", log, log, ...(options.ipc ? (["ipc"] as const) : [])],
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
  });
  closeSync(log);
  const exited = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) => {
    child.once("error", () => resolve({ code: null, signal: null }));
    child.once("exit", (code, signal) => resolve({ code, signal }));
  });
  // The guard's reader ends only when this end of the pipe is closed; a write error after the end says nothing new.
  child.stdin?.on("error", () => undefined);
  void exited.then(() => child.stdin?.destroy());
  return {
    process: child,
    exited,
    async stop() {
      child.stdin?.destroy();
      await exited;
    },
  };
}
