import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type GuardedProcessOptions, startGuarded } from "./guarded-process.ts";

/** How a command ended, and everything that it printed. */
export interface CommandResult {
  /** Exit status; 127 when there is no such command. */
  readonly code: number | null;
  readonly output: string;
}

/** Runs a command to its end; like a part, it ends with the process that started it. Never rejects for a failure. */
export async function runGuarded(options: Omit<GuardedProcessOptions, "logFile" | "ipc">): Promise<CommandResult> {
  const folder = mkdtempSync(join(tmpdir(), "backbone-command-"));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  // Also when the program is left in the middle of it.
  process.once("exit", remove);
  try {
    const logFile = join(folder, "output.log");
    const { code } = await startGuarded({ ...options, logFile }).exited;
    return { code, output: readFileSync(logFile, "utf8").trim() };
  } finally {
    process.off("exit", remove);
    remove();
  }
}
