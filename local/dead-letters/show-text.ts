import { foreignHeadersOf } from "../../shared/cloudevents/index.ts";
import { placeText, type StoredDeadLetter } from "../../shared/dead-letter/index.ts";
import { printable } from "../command-line/printable.ts";
import type { DecodedEvent } from "./decoded-event.ts";
import type { Action } from "./ledger.ts";
import { timeText } from "./list-text.ts";
import { type Output, textOrHex } from "./output.ts";
import type { Summary } from "./selection.ts";

/** One failure of the record, and what was done with its dead letter. */
export interface HistoryEntry {
  readonly letter: Summary;
  readonly actions: readonly Action[];
}

export interface Shown {
  readonly letter: StoredDeadLetter;
  readonly event: DecodedEvent;
  /** Every failure of the record for this group that is still in the topic, the earliest first. */
  readonly history: readonly HistoryEntry[];
}

const maxBytesShown = 512;
const maxHeaderCharacters = 120;

/** The whole of one dead letter, for people. */
export function showText({ letter, event, history }: Shown, paint: Output["paint"]): string {
  const { source, place, errorStack = "" } = letter;
  const title = (text: string) => `\n${paint("bold", text)}\n`;
  const field = (name: string, text: string) => `  ${paint("dim", name.padEnd(15))} ${text}\n`;
  const others = event.attributes === undefined ? source.headers : foreignHeadersOf(source);
  return [
    `${paint("bold", printable(placeText(place)))}\n`,
    field("record", printable(placeText(source))),
    field("group", printable(letter.consumerGroup ?? "unknown")),
    field("key", source.key === null ? "none" : textOrHex(source.key, 200)),
    letter.traceparent === undefined ? "" : field("trace", printable(letter.traceparent)),
    letter.obstacle === undefined ? "" : field("no redrive", paint("yellow", printable(letter.obstacle))),

    title("Error"),
    `  ${paint("red", printable(letter.errorCode))} ${printable(letter.errorMessage)}\n`,
    `  ${timeText(letter.failedAt)}, ${letter.attempts === 1 ? "tried once" : `tried ${letter.attempts} times`}\n`,
    ...errorStack.split("\n").map((line) => (line === "" ? "" : `  ${paint("dim", printable(line))}\n`)),

    title("Event"),
    ...Object.entries(event.attributes ?? {}).map(([name, value]) => field(name, printable(String(value)))),
    event.problem === undefined ? "" : `  ${paint("yellow", printable(event.problem))}\n`,
    ...dataLines(letter, event),

    others.length === 0 ? "" : title("Other headers"),
    ...others.map(([name, value]) => field(printable(name), textOrHex(value, maxHeaderCharacters))),

    title("History"),
    ...historyLines(letter, history, paint),
  ].join("");
}

function dataLines({ source }: StoredDeadLetter, { data, problem }: DecodedEvent): string[] {
  if (problem === undefined) {
    if (source.value === null) return ["  no value: a tombstone\n"];
    // What may not stand in JSON texts, JSON.stringify escapes; the rest of it a terminal might obey.
    const lines = JSON.stringify(data, undefined, 2)?.split("\n") ?? ["no data"];
    return lines.map((line) => `  ${printable(line)}\n`);
  }
  if (source.value === null) return [];
  const { length } = source.value;
  const cut = length > maxBytesShown ? `, the first ${maxBytesShown}` : "";
  return [`  ${length} bytes${cut}: ${textOrHex(source.value.subarray(0, maxBytesShown), 2 * maxBytesShown + 2)}\n`];
}

function historyLines(letter: StoredDeadLetter, history: readonly HistoryEntry[], paint: Output["paint"]): string[] {
  const { first } = letter;
  const isKnown = history.some(({ letter: known }) => known.failedAt === first.failedAt);
  const lines = isKnown
    ? []
    : [`  ${timeText(first.failedAt)}  failed first: ${printable(first.errorCode)} at ${printable(first.record)}\n`];
  for (const { letter: known, actions } of history) {
    const here = placeText(known.place) === placeText(letter.place) ? paint("bold", " (this one)") : "";
    const where = printable(placeText(known.place));
    lines.push(
      `  ${timeText(known.failedAt)}  failed: ${paint("red", printable(known.errorCode))} → ${where}${here}\n`,
    );
    for (const { action, at, by, reason } of actions) {
      const why = reason === undefined ? "" : `: ${printable(reason)}`;
      lines.push(`  ${timeText(at)}  ${action} by ${printable(by)}${why}\n`);
    }
  }
  return lines;
}
