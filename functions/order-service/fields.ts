import * as v from "valibot";

/** One field that is wrong: its path, e.g. `lines[0].quantity`, or `body`; what is allowed, and what came. */
export interface FieldError {
  readonly field: string;
  readonly message: string;
}

const maxShownLength = 40;

/** An object with these fields. A field that is missing fails its own schema, which says what it must be. */
export function objectOf<const Entries extends v.ObjectEntries>(
  entries: Entries,
  message: v.ErrorMessage<v.CustomIssue>,
) {
  const absent = Object.fromEntries(Object.keys(entries).map((key) => [key, undefined]));
  return v.pipe(
    v.custom<Readonly<Record<string, unknown>>>(isObject, message),
    v.transform((value) => ({ ...absent, ...value })),
    v.object(entries),
  );
}

/** Every field of an object that is not one of these; a value that is no object has none. */
export function unknownFields(value: unknown, path: string, entries: v.ObjectEntries): FieldError[] {
  if (!isObject(value)) return [];
  const known = Object.keys(entries);
  return Object.keys(value)
    .filter((key) => !known.includes(key))
    .map((key) => ({ field: path + shortened(key), message: `is not known; known are ${known.join(", ")}` }));
}

/** The errors of a failed parse, one a field: a wrong value may fail several rules. */
export function fieldErrors(issues: readonly v.BaseIssue<unknown>[]): FieldError[] {
  const errors = new Map<string, FieldError>();
  for (const issue of issues) {
    const field = fieldOf(issue);
    if (!errors.has(field)) errors.set(field, { field, message: issue.message });
  }
  return [...errors.values()];
}

/** The message of a rule: what is allowed, and what came, short and without what lists and objects hold. */
export function wrong(rule: string) {
  return (issue: v.BaseIssue<unknown>) => `${rule}, got ${shown(issue.input)}`;
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function fieldOf(issue: v.BaseIssue<unknown>): string {
  const path = (issue.path ?? []).map(({ key }) => (typeof key === "number" ? `[${key}]` : `.${String(key)}`)).join("");
  return path === "" ? "body" : path.replace(/^\./, "");
}

function shown(value: unknown): string {
  if (value === undefined) return "nothing";
  if (typeof value === "string") return JSON.stringify(shortened(value));
  if (Array.isArray(value)) return `a list of ${value.length}`;
  return isObject(value) ? "an object" : String(value);
}

function shortened(text: string): string {
  return text.length > maxShownLength ? `${text.slice(0, maxShownLength)}…` : text;
}
