import { stripVTControlCharacters, styleText } from "node:util";
import { describe, expect, test } from "vitest";
import { printable } from "../../../../local/command-line/printable.ts";
import { listText, timeText } from "../../../../local/dead-letters/list-text.ts";
import { jsonLine, textOrHex } from "../../../../local/dead-letters/output.ts";
import { type Entry, summaryOf } from "../../../../local/dead-letters/selection.ts";
import { inTopic, letterOf, original, read } from "../../dead-letter/stored.ts";

const plain = (_: unknown, text: string) => text;
const coloured = (style: Parameters<typeof styleText>[0], text: string) =>
  styleText(style, text, { validateStream: false });

function entry(key: Buffer | null, done?: Entry["done"]): Entry {
  const stored = read(inTopic(letterOf({ ...original, key })));
  const { place, storedAtMs } = stored;
  return { letter: summaryOf(stored), spots: [{ place, storedAtMs }], done };
}

describe("the list", () => {
  test("has columns of one width, coloured or not", () => {
    const entries = [entry(Buffer.from("a longer key")), entry(null)];

    const text = listText(entries, { all: false }, plain);

    expect(text).toBe(
      [
        "orders.inventory.dlt  group inventory  2",
        "  FAILED AT             CODE           KEY           EVENT  TRIES  REDRIVEN  PLACE",
        "  2026-01-03 00:00:00Z  RULE_VIOLATED  a longer key  e-1    3      -         1/7",
        "  2026-01-03 00:00:00Z  RULE_VIOLATED  -             e-1    3      -         1/7",
        "",
      ].join("\n"),
    );
    const painted = listText(entries, { all: false }, coloured);
    expect(painted).not.toBe(text);
    expect(stripVTControlCharacters(painted)).toBe(text);
  });

  test("with all, says what was done with each", () => {
    const done = {
      action: "discarded",
      deadLetter: "orders.inventory.dlt/1/7",
      storedAt: "2026-01-04T00:00:00.000Z",
      by: "ana",
      at: "2026-01-05T00:00:00.000Z",
      redriveCount: 0,
    } as const;
    expect(listText([entry(null, done)], { all: true }, plain)).toMatch(
      /DEALT WITH\n.*1\/7 {2,}discarded 2026-01-05 00:00:00Z by ana\n$/,
    );
  });
});

test("what comes from records cannot talk to the terminal", () => {
  expect(printable("a\u001b[2Jb\n\u202e\u2028é😀")).toBe("a\\u001b[2Jb\\u000a\\u202e\\u2028é😀");
  expect(timeText("2026\u001b")).toBe("2026\\u001b");
});

test("nor can the JSON that programs get, which stays the same JSON", () => {
  const said = { key: "a\u009b2J\u{e0001}\u2028\n" };

  const line = jsonLine(said);

  expect(line).toBe('{"key":"a\\u009b2J\\udb40\\udc01\\u2028\\n"}\n');
  expect(JSON.parse(line)).toEqual(said);
});

test("a header as long as a record does not make the table as wide", () => {
  const long = entry(null);
  const letter = { ...long.letter, errorCode: "X".repeat(5_000), failedAt: "y".repeat(5_000) };

  const lines = listText([{ ...long, letter }], { all: false }, plain).split("\n");

  expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(200);
});

test("a summary does not keep the response that its record came in", () => {
  const response = Buffer.alloc(100_000, "k");
  const letter = read(inTopic(letterOf({ ...original, key: response.subarray(10, 13) })));

  const { key } = summaryOf(letter).source;

  expect(key).toEqual(Buffer.from("kkk"));
  expect(key?.buffer).not.toBe(response.buffer);
});

test.each([
  [Buffer.from("cup"), "cup"],
  [Buffer.from([0, 1, 255]), "0x0001ff"],
  [Buffer.from([255]), "0xff"],
  [Buffer.from("x".repeat(30)), `${"x".repeat(9)}…`],
])("bytes %o are shown as %s", (bytes, shown) => {
  expect(textOrHex(bytes, 10)).toBe(shown);
});
