import type { styleText } from "node:util";

/** Where a command's words go. */
export interface Output {
  /** What was asked for: standard output. */
  readonly print: (text: string) => void;
  /** What is said besides: standard error. */
  readonly say: (line: string) => void;
  readonly paint: (style: Parameters<typeof styleText>[0], text: string) => string;
  /** Asks whether to go on; undefined where nobody is there to answer. */
  readonly ask: ((question: string) => Promise<boolean>) | undefined;
}

/**
 * What comes from records may hold anything, also what a terminal would obey. The escapes are those of JSON: a JSON text
 * on one line stays the same text.
 */
export function printable(text: string): string {
  return text.replaceAll(/\p{Cc}|\p{Cf}|\p{Zl}|\p{Zp}/gu, (char) =>
    Array.from(char.split(""), (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`).join(""),
  );
}

/** The one object that `--json` prints: JSON leaves in its texts what some terminals obey, U+009B for one. */
export function jsonLine(value: object): string {
  return `${printable(JSON.stringify(value))}\n`;
}

/** Bytes as text where they are some, else as hex digits; cut to so many characters. */
export function textOrHex(bytes: Buffer, maxCharacters: number): string {
  const text = bytes.toString("utf8");
  const shown =
    Buffer.from(text).equals(bytes) && !text.includes("\0") ? printable(text) : `0x${bytes.toString("hex")}`;
  return shown.length > maxCharacters ? `${shown.slice(0, maxCharacters - 1)}…` : shown;
}
