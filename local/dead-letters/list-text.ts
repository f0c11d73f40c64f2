import { placeText } from "../../shared/dead-letter/index.ts";
import { printable } from "../command-line/printable.ts";
import { type Output, textOrHex } from "./output.ts";
import type { Entry } from "./selection.ts";

type Paint = Output["paint"];
type Style = Parameters<Paint>[0];

interface Column {
  readonly title: string;
  readonly text: (entry: Entry) => string;
  readonly style?: Style;
}

const columns: readonly Column[] = [
  { title: "FAILED AT", text: ({ letter }) => cut(timeText(letter.failedAt), 24) },
  { title: "CODE", text: ({ letter }) => cut(printable(letter.errorCode), 40), style: "red" },
  { title: "KEY", text: ({ letter }) => (letter.source.key === null ? "-" : textOrHex(letter.source.key, 24)) },
  { title: "EVENT", text: ({ letter }) => cut(printable(letter.identity?.id ?? "-"), 36) },
  { title: "TRIES", text: ({ letter }) => String(letter.attempts) },
  { title: "REDRIVEN", text: ({ letter }) => (letter.redriveCount === 0 ? "-" : `${letter.redriveCount}×`) },
  { title: "PLACE", text: ({ letter, spots }) => placeIn(letter.place) + doublesText(spots.length), style: "cyan" },
  {
    title: "DEALT WITH",
    text: ({ done }) =>
      done === undefined ? "-" : `${done.action} ${timeText(done.at)} by ${cut(printable(done.by), 24)}`,
    style: "dim",
  },
];

/** A table for each dead-letter topic and consumer group. No payloads. */
export function listText(entries: readonly Entry[], { all }: { readonly all: boolean }, paint: Paint): string {
  const groups = Map.groupBy(entries, ({ letter }) =>
    [letter.place.topic, letter.consumerGroup ?? "?"].map(printable).join("  group "),
  );
  const shown = all ? columns : columns.slice(0, -1);
  return [...groups]
    .map(([title, rows]) => `${paint("bold", title)}  ${rows.length}\n${table(rows, shown, paint)}`)
    .join("\n");
}

/** Cells are padded before they are painted: the codes of colours have no width. */
function table(rows: readonly Entry[], shown: readonly Column[], paint: Paint): string {
  const cells = rows.map((row) => shown.map(({ text }) => text(row)));
  const widths = shown.map(({ title }, column) =>
    Math.max(title.length, ...cells.map((row) => (row[column] ?? "").length)),
  );
  const line = (texts: readonly string[], styleOf: (column: number) => Style | undefined) =>
    `  ${texts
      .map((text, column) => {
        const padded = column === texts.length - 1 ? text : text.padEnd(widths[column] ?? 0);
        const style = styleOf(column);
        return style === undefined ? padded : paint(style, padded);
      })
      .join("  ")}\n`;
  const head = line(
    shown.map(({ title }) => title),
    () => "dim",
  );
  return head + cells.map((row) => line(row, (column) => shown[column]?.style)).join("");
}

/** Without the milliseconds, in UTC. */
export function timeText(iso: string): string {
  return printable(iso).replace(/^(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2}:\d{2})(\.\d+)?Z$/, "$1 $2Z");
}

/** Within its topic: the heading has that. */
function placeIn(place: Entry["letter"]["place"]): string {
  return placeText(place).slice(place.topic.length + 1);
}

function doublesText(count: number): string {
  return count === 1 ? "" : ` (and ${count - 1} more of it)`;
}

function cut(text: string, maxCharacters: number): string {
  return text.length > maxCharacters ? `${text.slice(0, maxCharacters - 1)}…` : text;
}
