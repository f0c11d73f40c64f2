import type { styleText } from "node:util";
import { printable } from "../command-line/printable.ts";

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
