import { createVitest, startVitest } from "vitest/node";
import { exitCodeOf } from "../../../local/command-line/exit-code.ts";
import { readCommandLine, wholeNumber } from "../../../local/command-line/read-command-line.ts";
import { BackboneError } from "../../../shared/errors.ts";

const usage = `npm run integrity -- [options] [FILE…]

  Kills, zombies, lost responses and outages on the real parts; then every effect and every dead letter is audited.

  --rounds N   rounds, 1 to 1000 (default 1), each with the seed after the one before
  --seed S     seed of the first round, a whole number from 0 to 4294967295 (default a random one, which is printed)
  --help       print this
  FILE…        only the test files whose paths contain one of these
`;

const options = { rounds: { type: "string" }, seed: { type: "string" }, help: { type: "boolean" } } as const;

const vitestOptions = { project: ["integrity*"], watch: false };

/** Exit code 0: nothing lost, nothing doubled; 1: otherwise; 2: wrong arguments. */
async function main(): Promise<number> {
  const { values, positionals: files } = readCommandLine(process.argv.slice(2), { options, words: true });
  if (values.help) {
    process.stdout.write(usage);
    return 0;
  }
  const rounds = wholeNumber("--rounds", values.rounds ?? "1", 1, 1_000);
  const drawn = String(Math.floor(Math.random() * 2 ** 32));
  const seed = wholeNumber("--seed", values.seed ?? drawn, 0, 2 ** 32 - 1);
  process.env.INTEGRITY_ROUNDS = String(rounds);
  process.env.INTEGRITY_SEED = String(seed);
  await checkFiles(files);
  process.stdout.write(`integrity: --rounds ${rounds} --seed ${seed}\n`);
  const vitest = await startVitest("test", files, vitestOptions);
  await vitest.close();
  return Number(process.exitCode ?? 0);
}

/** @throws BackboneError INVALID_OPTIONS for one that names no test: the others would run, and it would seem to have */
async function checkFiles(files: readonly string[]): Promise<void> {
  if (files.length === 0) return;
  const vitest = await createVitest("test", vitestOptions);
  try {
    for (const file of files) {
      if ((await vitest.globTestSpecifications([file])).length > 0) continue;
      throw new BackboneError(
        "INVALID_OPTIONS",
        `FILE ${file}: has to be part of a test file's path in test/integrity`,
      );
    }
  } finally {
    await vitest.close();
  }
}

process.exitCode = await exitCodeOf(main);
