/**
 * What the value has to be, and the key where the mapping decodes that too: an object as deep as the data, whose leaves are
 * lists of values and comparisons of which one has to hold, e.g.
 * `{ value: { country: ["DE", "AT"], total: [{ numeric: [">", 100] }] } }`; of a value that is plain text a list alone.
 * https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html#filtering-syntax
 */
export interface FilterPattern {
  readonly value?: FilterRule;
  /** With `schemaRegistry` that validates keys. */
  readonly key?: FilterRule;
}

export type FilterRule = readonly FilterLeaf[] | { readonly [name: string]: FilterRule };
export type FilterLeaf = string | number | boolean | null | { readonly [comparison: string]: unknown };

interface Filtering {
  readonly filters?: readonly FilterPattern[];
  readonly filterKey?: unknown;
  readonly schemaRegistry?: { readonly validate: readonly string[] };
}

const maxFilters = 10;
/** https://docs.aws.amazon.com/lambda/latest/api/API_Filter.html */
const maxPatternLength = 4_096;

/** What is wrong with the filters, each problem with its path. */
export function filterProblems({ filters, filterKey, schemaRegistry }: Filtering): string[] {
  if (filters === undefined) return filterKey === undefined ? [] : ["filterKey: needs filters, which it encrypts"];
  const fields = ["value", ...(schemaRegistry?.validate.includes("KEY") ? ["key"] : [])];
  return [
    ...(filters.length >= 1 && filters.length <= maxFilters
      ? []
      : [`filters: must be 1 to ${maxFilters}, got ${filters.length}`]),
    ...filters.flatMap((pattern, index) => patternProblems(pattern, `filters.${index}`, fields)),
  ];
}

function patternProblems(pattern: FilterPattern, path: string, fields: readonly string[]): string[] {
  const { length } = JSON.stringify(pattern);
  const foreign = Object.keys(pattern).filter((field) => !fields.includes(field));
  return [
    ...(length > maxPatternLength
      ? [`${path}: must have at most ${maxPatternLength} characters as JSON, got ${length}`]
      : []),
    ...foreign.map(
      (field) => `${path}: of a Kafka record only ${fields.join(" and ")} can be filtered, got '${field}'`,
    ),
    ...ruleProblems(pattern, path),
  ];
}

function ruleProblems(rule: unknown, path: string): string[] {
  if (Array.isArray(rule)) return rule.length > 0 ? [] : [`${path}: must have one value at least`];
  if (typeof rule !== "object" || rule === null) {
    return [`${path}: must be an object or a list of values, got ${JSON.stringify(rule)}`];
  }
  const members = Object.entries(rule);
  if (members.length === 0) return [`${path}: must have one field at least`];
  return members.flatMap(([name, below]) => ruleProblems(below, `${path}.${name}`));
}
