import { machine, versionsOf } from "./machine.ts";

/** What a bench found, for a machine and for a reader. */
export interface Report {
  /** One object: `bench`, its results, and what `circumstances` says. */
  readonly json: object;
  readonly tables: readonly Table[];
  /** What a reader has to know to judge the figures. */
  readonly notes: readonly string[];
}

export interface Table {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** What every bench says of its surroundings. */
export function circumstances(rounds: number, packages: readonly string[]) {
  return { rounds, machine: machine(), versions: versionsOf(packages) };
}

/** Tables with their first column left, the others right. */
export function toText({ tables, notes }: Report): string {
  return `${tables.map(tableText).join("\n")}\n${notes.map((note) => `- ${note}\n`).join("")}`;
}

function tableText({ title, columns, rows }: Table): string {
  const lines = [columns, ...rows];
  const widths = columns.map((_, column) => Math.max(...lines.map((line) => (line[column] ?? "").length)));
  const text = lines.map((line) =>
    line.map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0))),
  );
  return `${title}\n${text.map((line) => `  ${line.join("  ")}\n`).join("")}`;
}
