import { styleText } from "node:util";
import { BackboneError } from "../../shared/errors.ts";
import { printable } from "./printable.ts";

export interface ExitCodeOptions {
  /** Where an error is told. @default that of the process */
  readonly stderr?: NodeJS.WritableStream;
  /** The code of what is no wrong argument. @default 1 */
  readonly failed?: number;
}

const usageCodes: readonly string[] = ["INVALID_OPTIONS", "PREREQUISITE_MISSING"];

/**
 * The exit code of a command line program: what it gives; 2 for wrong arguments or a missing prerequisite; `failed` for
 * other errors. An error of this project is told by its message; any other is a fault of the project, and told with its
 * stack.
 */
export async function exitCodeOf(
  run: () => Promise<number>,
  { stderr = process.stderr, failed = 1 }: ExitCodeOptions = {},
): Promise<number> {
  try {
    return await run();
  } catch (error) {
    // A message may quote anything, the name of a topic for one.
    const lines = messageOf(error).split("\n").map(printable).join("\n");
    stderr.write(`${styleText("red", "error", { stream: stderr })} ${lines}\n`);
    return error instanceof BackboneError && usageCodes.includes(error.code) ? 2 : failed;
  }
}

function messageOf(error: unknown): string {
  if (error instanceof BackboneError) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
