import { styleText } from "node:util";
import { BackboneError } from "../../shared/errors.ts";
import { type Arguments, parseArguments, usage } from "./arguments.ts";
import { runOf } from "./commands.ts";

export interface Surroundings {
  readonly stdout: NodeJS.WritableStream;
  readonly stderr: NodeJS.WritableStream;
  readonly env: NodeJS.ProcessEnv;
}

/** Runs one command line. Exit codes: 0 fine, 1 drift, 2 an error. */
export async function runAccess(args: readonly string[], { stdout, stderr, env }: Surroundings): Promise<number> {
  const fail = (text: string) => {
    stderr.write(`${styleText("red", "error", { stream: stderr })} ${text}\n`);
    return 2;
  };
  let options: Arguments;
  try {
    options = parseArguments(args);
  } catch (error) {
    return fail(`${messageOf(error)}\n\n${usage.trimEnd()}`);
  }
  if (options.command === undefined) {
    stdout.write(usage);
    return 0;
  }
  try {
    return await runOf[options.command](options, env, {
      print: (text) => void stdout.write(text),
      say: (line) => void stderr.write(`${line}\n`),
      // Colours where the stream is a terminal that shows them, and NO_COLOR is not set.
      paint: (colour, text) => styleText(colour, text, { stream: stdout }),
    });
  } catch (error) {
    return fail(messageOf(error));
  }
}

/** What is no error of this project is a fault of it: with the stack. */
function messageOf(error: unknown): string {
  if (error instanceof BackboneError) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
