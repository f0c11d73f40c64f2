import { onInterruption } from "../command-line/on-interruption.ts";
import { runDeadLetters } from "./run.ts";

const interruption = new AbortController();
onInterruption(["SIGINT", "SIGTERM"], () => interruption.abort());
const { stdin, stdout, stderr, env } = process;
process.exitCode = await runDeadLetters(process.argv.slice(2), {
  stdin,
  stdout,
  stderr,
  env,
  interrupted: interruption.signal,
});
