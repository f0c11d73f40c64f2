import { createInterface } from "node:readline/promises";
import { styleText } from "node:util";
import { exitCodeOf } from "../command-line/exit-code.ts";
import { parseArguments, usage } from "./arguments.ts";
import { runCommand } from "./commands.ts";

export interface Surroundings {
  readonly stdin: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  readonly stdout: NodeJS.WritableStream;
  readonly stderr: NodeJS.WritableStream;
  readonly env: NodeJS.ProcessEnv;
  /** Aborted when the user interrupts: what is in flight is finished and written down. */
  readonly interrupted: AbortSignal;
}

/** Runs one command line. Exit codes: 0 done, 1 not all was done, 2 wrong arguments or a refusal, 130 interrupted. */
export async function runDeadLetters(
  args: readonly string[],
  { stdin, stdout, stderr, env, interrupted }: Surroundings,
): Promise<number> {
  return exitCodeOf(
    async () => {
      const options = parseArguments(args, Date.now());
      if (options.command === undefined) {
        stdout.write(usage);
        return 0;
      }
      const output = {
        print: (text: string) => void stdout.write(text),
        say: (line: string) => void stderr.write(`${line}\n`),
        // Colours where the stream is a terminal that shows them, and NO_COLOR is not set.
        paint: (style: Parameters<typeof styleText>[0], text: string) => styleText(style, text, { stream: stdout }),
        ask: stdin.isTTY === true ? (question: string) => ask(question, stdin, stderr, interrupted) : undefined,
      };
      try {
        return await runCommand(options.command, options, env, output, interrupted);
      } catch (error) {
        if (!interrupted.aborted || error !== interrupted.reason) throw error;
        stderr.write("interrupted while it was reading: nothing was done\n");
        return 130;
      }
    },
    { stderr },
  );
}

async function ask(
  question: string,
  input: NodeJS.ReadableStream,
  output: NodeJS.WritableStream,
  signal: AbortSignal,
): Promise<boolean> {
  const lines = createInterface({ input, output });
  try {
    return /^y(es)?$/i.test((await lines.question(question, { signal })).trim());
  } catch (error) {
    // Ctrl-c is a no.
    if (error instanceof Error && error.name === "AbortError") return false;
    throw error;
  } finally {
    lines.close();
  }
}
