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

const commaOutsideParentheses = /,(?![^(]*\))/;
/** `left = :right`, `left :right`, `left = if_not_exists(kept, :ifNone)` */
const assignmentPattern = /^\s*([#\w]+)\s*(=?)\s*(?:(:\w+)|if_not_exists\s*\(\s*([#\w]+)\s*,\s*(:\w+)\s*\))\s*$/;

/**
 * The item after an update: `SET attribute = :value, other = if_not_exists(other, :value), …` or
 * `ADD attribute :number, …`.
 *
 * @throws BackboneError INVALID_OPTIONS for anything else: that needs DynamoDB Local
 */
export function updated(update: string, item: Item, scope: ExpressionScope): Item {
  const [, action = "", assignments = ""] = /^\s*(SET|ADD)\s+(.*)$/is.exec(update) ?? [];
  const result = { ...item };
  for (const assignment of assignments.split(commaOutsideParentheses)) {
    const [, left = "", sign, right = "", kept, ifNone = ""] = assignmentPattern.exec(assignment) ?? [];
    const isSet = sign === "=";
    if (left === "" || (action.toUpperCase() === "SET") !== isSet || (kept !== undefined && !isSet))
      throw notUnderstood("the update", update);
    const name = nameOf(left, scope);
    const there = kept === undefined ? undefined : item[nameOf(kept, scope)];
    const value = there ?? scope.values[kept === undefined ? right : ifNone];
    result[name] = isSet ? value : Number(result[name] ?? 0) + Number(value);
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
      "attribute_not_exists, AND, OR, and updates by SET, with if_not_exists, or ADD; use DynamoDB Local for others",
  );
}
