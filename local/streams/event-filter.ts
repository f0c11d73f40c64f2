import { BackboneError } from "../../shared/errors.ts";

type Leaf = string | number | boolean | null;

/**
 * Compiles a filter pattern of an event source mapping: an object of objects whose leaves are lists of values, one of
 * which the event has to have there; where it has an array, one of the array's elements. Comparisons (`prefix`,
 * `anything-but`, …) are not carried out, and refused.
 *
 * @throws BackboneError TEMPLATE_UNSUPPORTED
 * @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns-arrays.html
 */
export function compileFilter(pattern: string): (event: unknown) => boolean {
  return compile(parsePattern(pattern), "pattern");
}

/** @throws BackboneError TEMPLATE_UNSUPPORTED for what is no JSON */
export function parsePattern(pattern: string): unknown {
  try {
    return JSON.parse(pattern);
  } catch (cause) {
    throw new BackboneError("TEMPLATE_UNSUPPORTED", `filter of an event source mapping, ${pattern}: must be JSON`, {
      cause,
    });
  }
}

function compile(pattern: unknown, path: string): (event: unknown) => boolean {
  if (Array.isArray(pattern) && pattern.length > 0 && pattern.every(isLeaf)) {
    const allowed = new Set<unknown>(pattern);
    return (value) => [value].flat().some((element) => allowed.has(element));
  }
  if (typeof pattern !== "object" || pattern === null || Array.isArray(pattern)) {
    throw new BackboneError(
      "TEMPLATE_UNSUPPORTED",
      `filter of an event source mapping, ${path}: must be an object, or a list of texts, numbers, booleans and nulls`,
    );
  }
  const members = Object.entries(pattern).map(([name, of]) => [name, compile(of, `${path}.${name}`)] as const);
  return (event) =>
    [event]
      .flat()
      .some(
        (element) =>
          typeof element === "object" &&
          element !== null &&
          members.every(([name, matches]) => matches((element as Readonly<Record<string, unknown>>)[name])),
      );
}

function isLeaf(value: unknown): value is Leaf {
  return value === null || ["string", "number", "boolean"].includes(typeof value);
}
