import { parseArgs } from "node:util";
import { startVitest } from "vitest/node";
import { BackboneError } from "../../../shared/errors.ts";

const usage = `npm run integrity -- [options] [FILE…]

  Kills, zombies, lost responses and outages on the real parts; then every effect and every dead letter is audited.

  --rounds N   rounds, 1 to 1000 (default 1), each with the seed after the one before
  --seed S     seed of the first round, a whole number from 0 to 4294967295 (default a random one, which is printed)
  --help       print this
  FILE…        only the test files whose paths contain one of these
`;

/** Exit code 0: nothing lost, nothing doubled; 1: otherwise; 2: wrong arguments. */
async function main(): Promise<number> {
  const { values, positionals } = parse();
  if (values.help) {
    process.stdout.write(usage);
    return 0;
  }
  process.env.INTEGRITY_ROUNDS = String(wholeNumber("--rounds", values.rounds ?? "1", 1, 1_000));
  const seed = values.seed ?? String(Math.floor(Math.random() * 2 ** 32));
  process.env.INTEGRITY_SEED = String(wholeNumber("--seed", seed, 0, 2 ** 32 - 1));
  process.stdout.write(`integrity: --rounds ${process.env.INTEGRITY_ROUNDS} --seed ${process.env.INTEGRITY_SEED}\n`);
  const vitest = await startVitest("test", positionals, { project: ["integrity*"], watch: false });
  await vitest.close();
  return Number(process.exitCode ?? 0);
}

function parse() {
  const options = { rounds: { type: "string" }, seed: { type: "string" }, help: { type: "boolean" } } as const;
  try {
    return parseArgs({ options, allowPositionals: true });
  } catch (error) {
    throw new BackboneError("INVALID_OPTIONS", error instanceof Error ? error.message : String(error));
  }
}

function wholeNumber(name: string, text: string, least: number, most: number): number {
  const number = Number(text);
  if (/^\d+$/.test(text) && number >= least && number <= most) return number;
  throw new BackboneError("INVALID_OPTIONS", `${name} ${text}: has to be a whole number from ${least} to ${most}`);
}

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof BackboneError && error.code === "INVALID_OPTIONS")) throw error;
  process.stderr.write(`error: ${error.message}\n\n${usage}`);
  process.exitCode = 2;
}
