import { withCauses } from "../causes.ts";

/** A line of V8's stack: where, not what. */
const frame = /^\s+at /;

/**
 * The names and stack frames of an error and its causes, cut to `maxCharacters`. Messages are left out: those of foreign
 * errors may quote what they choked on.
 */
export function stackText(error: Error, maxCharacters: number): string {
  const parts = withCauses(error).map((one, depth) =>
    [depth === 0 ? one.name : `caused by ${one.name}`, ...framesOf(one)].join("\n"),
  );
  // A cut may halve a surrogate pair, which UTF-8 cannot hold.
  return parts.join("\n").slice(0, maxCharacters).toWellFormed();
}

/** Of a thrown error nothing is sure: the stack may be anything where somebody has set Error.prepareStackTrace. */
function framesOf({ stack, message }: { stack?: unknown; message?: unknown }): string[] {
  if (typeof stack !== "string") return [];
  // The message stands before the frames and may have lines that look like frames.
  const text = String(message);
  const start = stack.indexOf(text);
  const afterMessage = start < 0 ? stack : stack.slice(start + text.length);
  return afterMessage.split("\n").filter((line) => frame.test(line));
}
