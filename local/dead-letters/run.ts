import { styleText } from "node:util";
import { exitCodeOf } from "../command-line/exit-code.ts";
import { ignoreClosedPipe } from "../command-line/ignore-closed-pipe.ts";
import { interruptedCode } from "../command-line/on-interruption.ts";
import { parseArguments, usage } from "./arguments.ts";
import { runCommand } from "./commands.ts";
import { jsonLine } from "./output.ts";
import { ask } from "./question.ts";

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
  for (const stream of [stdout, stderr]) ignoreClosedPipe(stream);
  const ctrlC = new AbortController();
  const stopped = AbortSignal.any([interrupted, ctrlC.signal]);
  const asking = { signal: stopped, onCtrlC: () => ctrlC.abort() };
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
        ask: stdin.isTTY === true ? (question: string) => ask(question, stdin, stderr, asking) : undefined,
      };
      try {
        return await runCommand(options.command, options, env, output, stopped);
      } catch (error) {
        if (!stopped.aborted || error !== stopped.reason) throw error;
        stderr.write("interrupted: nothing was done\n");
        const does = options.command === "redrive" || options.command === "discard";
        if (options.json && does) stdout.write(jsonLine({ interrupted: true, done: [] }));
        return interruptedCode;
      }
    },
    { stderr },
  );
}
