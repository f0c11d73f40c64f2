import { styleText } from "node:util";
import { exitCodeOf } from "../command-line/exit-code.ts";
import { parseArguments, usage } from "./arguments.ts";
import { runOf } from "./commands.ts";

export interface Surroundings {
  readonly stdout: NodeJS.WritableStream;
  readonly stderr: NodeJS.WritableStream;
  readonly env: NodeJS.ProcessEnv;
}

/** Runs one command line. Exit codes: 0 fine, 1 drift, 2 an error. */
export function runAccess(args: readonly string[], { stdout, stderr, env }: Surroundings): Promise<number> {
  return exitCodeOf(
    async () => {
      const options = parseArguments(args);
      if (options.command === undefined) {
        stdout.write(usage);
        return 0;
      }
      return await runOf[options.command](options, env, {
        print: (text) => void stdout.write(text),
        say: (line) => void stderr.write(`${line}\n`),
        // Colours where the stream is a terminal that shows them, and NO_COLOR is not set.
        paint: (colour, text) => styleText(colour, text, { stream: stdout }),
      });
    },
    { stderr, failed: 2 },
  );
}
