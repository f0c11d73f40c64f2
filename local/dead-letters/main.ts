import { runDeadLetters } from "./run.ts";

const interruption = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => {
    // A second one ends at once.
    process.once(signal, () => process.exit(130));
    interruption.abort();
  });
}
const { stdin, stdout, stderr, env } = process;
process.exitCode = await runDeadLetters(process.argv.slice(2), {
  stdin,
  stdout,
  stderr,
  env,
  interrupted: interruption.signal,
});
