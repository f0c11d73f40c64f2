import * as v from "valibot";
import { BackboneError } from "../errors.ts";

/** What `process.env` is. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads the environment of a function once, at its start, into a typed value.
 *
 * Variables that the schema does not name are ignored. The values of variables whose name speaks of a password,
 * secret or token never appear in the message, nor do a URL's username and password.
 *
 * @param schema a valibot schema over the variables, made of `text`, `wholeNumber`, `httpUrl`, `brokerList`
 * @throws BackboneError INVALID_OPTIONS that names every missing or wrong variable at once
 */
export function readEnvironment<Schema extends v.GenericSchema>(
  schema: Schema,
  environment: Environment,
): v.InferOutput<Schema> {
  const result = v.safeParse(schema, environment);
  if (result.success) return result.output;
  const problems = new Map<string, string>();
  for (const issue of result.issues) {
    const name = v.getDotPath(issue) ?? "environment";
    // Only what is wrong with a variable first: a wrong one may fail several of its rules.
    if (!problems.has(name)) problems.set(name, `${name} ${problem(name, environment[name], issue)}`);
  }
  throw new BackboneError("INVALID_OPTIONS", `wrong environment: ${[...problems.values()].join("; ")}`);
}

function problem(name: string, value: string | undefined, issue: v.BaseIssue<unknown>): string {
  // Of a missing key valibot's object schema reports on its own behalf, without the variable's rule.
  const isMissingKey = value === undefined && issue.type === "object";
  return isMissingKey ? "is missing" : `${issue.message}, got ${received(name, value)}`;
}

const secretName = /PASSWORD|SECRET|TOKEN/;
/** Up to the last @ before the path, since a password may hold one. */
const credentials = /\/\/[^/]*@/;
const maxShownLength = 80;

function received(name: string, value: string | undefined): string {
  if (value === undefined) return "nothing";
  if (secretName.test(name)) return "a value that is not shown";
  return JSON.stringify(shortened(value.replace(credentials, "//…@")));
}

function shortened(value: string): string {
  return value.length > maxShownLength ? `${value.slice(0, maxShownLength)}…` : value;
}
