import { BackboneError } from "../errors.ts";

type Item = Record<string, unknown>;

/** The parts of a DynamoDB action that its expressions speak of. */
export interface ExpressionScope {
  readonly names: Readonly<Record<string, string>>;
  readonly values: Readonly<Record<string, unknown>>;
}

/** How the two sides of a comparison stand to each other; false when the types differ, as in DynamoDB. */
const comparators: Readonly<Record<string, (left: number | string, right: number | string) => boolean>> = {
  "=": (left, right) => left === right,
  "<>": (left, right) => left !== right,
  "<": (left, right) => left < right,
  "<=": (left, right) => left <= right,
  ">": (left, right) => left > right,
  ">=": (left, right) => left >= right,
};

/**
 * Whether a condition holds for an item, if there is one: comparisons of an attribute with a value,
 * `attribute_exists`, `attribute_not_exists`, and `AND` and `OR` of those, without parentheses.
 *
 * @throws BackboneError INVALID_OPTIONS for anything else: that needs DynamoDB Local
 */
export function holds(condition: string, item: Item | undefined, scope: ExpressionScope): boolean {
  return condition
    .split(/\s+OR\s+/i)
    .some((alternative) => alternative.split(/\s+AND\s+/i).every((term) => termHolds(term.trim(), item, scope)));
}

/**
 * The item after an update: `SET attribute = :value, …` or `ADD attribute :number, …`.
 *
 * @throws BackboneError INVALID_OPTIONS for anything else: that needs DynamoDB Local
 */
export function updated(update: string, item: Item, scope: ExpressionScope): Item {
  const [, action = "", assignments = ""] = /^\s*(SET|ADD)\s+(.*)$/is.exec(update) ?? [];
  const result = { ...item };
  for (const assignment of assignments.split(",")) {
    const [, left = "", sign, right = ""] = /^\s*([#\w]+)\s*(=?)\s*(:\w+)\s*$/.exec(assignment) ?? [];
    if (left === "" || (action.toUpperCase() === "SET") !== (sign === "=")) throw notUnderstood("the update", update);
    const name = nameOf(left, scope);
    const value = scope.values[right];
    result[name] = sign === "=" ? value : Number(result[name] ?? 0) + Number(value);
  }
  return result;
}

function termHolds(term: string, item: Item | undefined, scope: ExpressionScope): boolean {
  const [, test, tested = ""] = /^(attribute_exists|attribute_not_exists)\s*\(\s*([#\w]+)\s*\)$/.exec(term) ?? [];
  if (test) return (item?.[nameOf(tested, scope)] !== undefined) === (test === "attribute_exists");
  const [, left = "", comparator = "", right = ""] = /^([#\w]+)\s*(=|<>|<=|>=|<|>)\s*(:\w+)$/.exec(term) ?? [];
  const compare = comparators[comparator];
  if (compare === undefined) throw notUnderstood("the condition", term);
  const [actual, wanted] = [item?.[nameOf(left, scope)], scope.values[right]];
  if (typeof actual === "number" && typeof wanted === "number") return compare(actual, wanted);
  if (typeof actual === "string" && typeof wanted === "string") return compare(actual, wanted);
  return comparator === "=" ? actual !== undefined && actual === wanted : false;
}

function nameOf(text: string, { names }: ExpressionScope): string {
  return text.startsWith("#") ? (names[text] ?? text) : text;
}

function notUnderstood(what: string, text: string): BackboneError {
  return new BackboneError(
    "INVALID_OPTIONS",
    `the memory store does not understand ${what} '${text}': it knows comparisons with values, attribute_exists, ` +
      "attribute_not_exists, AND, OR, and updates by SET or ADD; use DynamoDB Local for others",
  );
}
