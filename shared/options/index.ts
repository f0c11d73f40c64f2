import * as v from "valibot";
import { BackboneError } from "../errors.ts";

/** The longest time that a timer of Node takes, in milliseconds: 25 days. Of a longer one it makes 1 ms. */
const maxTimerMs = 2 ** 31 - 1;

/** A time that a timer can wait for, in milliseconds. */
export function milliseconds() {
  const message = `must be a whole number of milliseconds, 1 to ${maxTimerMs}`;
  return v.pipe(v.number(message), v.integer(message), v.minValue(1, message), v.maxValue(maxTimerMs, message));
}

/**
 * Checks the options of a factory once, when it is called.
 *
 * @param factory name of the factory, for the message
 * @throws BackboneError INVALID_OPTIONS that names every wrong or unknown option at once. Of what was given it quotes
 *   numbers that are out of bounds and nothing else: an option may be a password, or stand where one belongs
 */
export function parseOptions<Schema extends v.GenericSchema>(
  factory: string,
  schema: Schema,
  options: v.InferInput<Schema>,
): v.InferOutput<Schema> {
  // The configured message is valibot's own, made only where the schema has none.
  const result = v.safeParse(schema, options, { message: withoutValue });
  if (result.success) return result.output;
  const problems = result.issues.map((issue) => `${v.getDotPath(issue) ?? "options"}: ${lowerCased(issue.message)}`);
  throw new BackboneError("INVALID_OPTIONS", `wrong options for ${factory}: ${problems.join("; ")}`);
}

const scalars: ReadonlySet<string> = new Set(["string", "number", "bigint", "boolean"]);

/** valibot's message ends with what it received: the value itself, or the name of its class. */
function withoutValue({ kind, input, expected, received, message }: v.BaseIssue<unknown>): string {
  // Of a key, which the path names.
  if (expected === "never") return "is unknown";
  // Of a value of the right type: a number, or the length of a text.
  const isMeasure = kind === "validation" && Number.isFinite(Number(received));
  if (isMeasure || !scalars.has(typeof input)) return message;
  return `${message.slice(0, message.length - received.length)}a ${typeof input}`;
}

function lowerCased(message: string): string {
  return message.charAt(0).toLowerCase() + message.slice(1);
}
