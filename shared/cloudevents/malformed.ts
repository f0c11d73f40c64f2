import { BackboneError } from "../errors.ts";

// A record of thousands of broken headers, or of one with an endless name, must not make a message of megabytes.
const maxProblems = 10;
const maxProblemLength = 300;

/** The error that names what is wrong with a record or an event, the first ten problems of it. */
export function malformed(what: string, problems: readonly string[]): BackboneError {
  const more = problems.length > maxProblems ? [`and ${problems.length - maxProblems} more`] : [];
  const shown = problems.slice(0, maxProblems).map((problem) => problem.slice(0, maxProblemLength).toWellFormed());
  const named = [...shown, ...more].join("; ");
  return new BackboneError("MALFORMED_EVENT", `${what}: ${named}`);
}
