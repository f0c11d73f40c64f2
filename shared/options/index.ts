import * as v from "valibot";
import { BackboneError } from "../errors.ts";

/**
 * Checks the options of a factory once, when it is called.
 *
 * @param factory name of the factory, for the message
 * @throws BackboneError INVALID_OPTIONS that names every wrong or unknown option at once
 */
export function parseOptions<Schema extends v.GenericSchema>(
  factory: string,
  schema: Schema,
  options: v.InferInput<Schema>,
): v.InferOutput<Schema> {
  const result = v.safeParse(schema, options);
  if (result.success) return result.output;
  const problems = result.issues.map((issue) => `${v.getDotPath(issue) ?? "options"}: ${lowerCased(issue.message)}`);
  throw new BackboneError("INVALID_OPTIONS", `wrong options for ${factory}: ${problems.join("; ")}`);
}

function lowerCased(message: string): string {
  return message.charAt(0).toLowerCase() + message.slice(1);
}
