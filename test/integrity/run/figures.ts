import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { inject } from "vitest";

/** What a test has done and found; the four that every test is asked for are summed over the run. */
export interface Figures {
  readonly seed: number;
  readonly crashes?: number;
  readonly records?: number;
  readonly lost?: number;
  readonly doubled?: number;
  readonly [figure: string]: number | undefined;
}

/** Prints the figures of one test in one line, and keeps them for the sum of the run. */
export function report(invariant: string, figures: Figures): void {
  process.stdout.write(`${invariant}: ${JSON.stringify(figures)}\n`);
  appendFileSync(inject("figuresFile"), `${JSON.stringify(figures)}\n`);
}

/** One line: the sums over all tests that have reported. Undefined when none has. */
export function sumOf(figuresFile: string): string | undefined {
  if (!existsSync(figuresFile)) return undefined;
  const all = readFileSync(figuresFile, "utf8").trim().split("\n");
  const sums = { crashes: 0, records: 0, lost: 0, doubled: 0 };
  for (const line of all) {
    const figures = JSON.parse(line) as Figures;
    for (const name of ["crashes", "records", "lost", "doubled"] as const) sums[name] += figures[name] ?? 0;
  }
  return `integrity, ${all.length} runs: ${JSON.stringify(sums)}`;
}
