import { stripVTControlCharacters, styleText } from "node:util";

/** Where a rehearsal tells what it does. */
export interface Report {
  line(text?: string): void;
  /**
   * Does a step and tells how it went and how long it took. One that rejects has failed by the error's message.
   * @returns whether it went well: the step has named no problem
   */
  step(what: string, work: () => Promise<StepOutcome>): Promise<boolean>;
  table(rows: readonly (readonly string[])[]): void;
  /** Words one after the other, as many to a line as fit. */
  words(words: readonly string[]): void;
}

const lineWidth = 116;

export interface StepOutcome {
  /** What was seen, in a few words. */
  readonly seen?: string;
  /** What would fail; empty when nothing would. */
  readonly problems: readonly string[];
}

export function createReport(stream: NodeJS.WritableStream): Report {
  const line = (text = "") => void stream.write(`${text}\n`);
  const paint = (colour: "green" | "red" | "dim" | "bold", text: string) => styleText(colour, text, { stream });
  return {
    line,
    words(words) {
      let written = "   ";
      for (const word of words) {
        if (written.length + word.length >= lineWidth) {
          line(written);
          written = "   ";
        }
        written += ` ${word}`;
      }
      line(written);
    },
    async step(what, work) {
      const startedAt = performance.now();
      const { seen = "", problems } = await work().catch(outcomeOf);
      const seconds = `${((performance.now() - startedAt) / 1000).toFixed(1)} s`.padStart(7);
      const mark = problems.length === 0 ? paint("green", "ok  ") : paint("red", "FAIL");
      line(`  ${mark} ${paint("dim", seconds)}  ${what}${seen === "" ? "" : paint("dim", `: ${seen}`)}`);
      for (const problem of problems) for (const part of problem.split("\n")) line(`                ${part}`);
      return problems.length === 0;
    },
    table(rows) {
      const [header = []] = rows;
      const widths = header.map((_, column) =>
        Math.max(...rows.map((row) => stripVTControlCharacters(row[column] ?? "").length)),
      );
      rows.forEach((row, index) => {
        const cells = row
          .map((cell, column) => cell.padEnd(widths[column] ?? 0))
          .join("  ")
          .trimEnd();
        line(`  ${index === 0 ? paint("bold", cells) : cells}`);
      });
    },
  };
}

function outcomeOf(error: unknown): StepOutcome {
  if (!(error instanceof Error)) return { problems: [String(error)] };
  // A connection that is refused at each of a host's addresses has a code, and no message.
  const what = error.message === "" && "code" in error ? String(error.code) : error.message;
  return { problems: [`${error.name}: ${what}`] };
}
