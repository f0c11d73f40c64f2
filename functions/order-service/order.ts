import * as v from "valibot";
import { epochMsOf, isRfc3339 } from "../../shared/timestamp/index.ts";
import { knownFields, shown } from "./fields.ts";

const maxTextLength = 128;
const maxQuantity = 1_000_000;
// Lines of the greatest length are 0.5 MB, half of what a broker takes as one record.
const maxLines = 1_000;

const textRule = `must be a text of 1 to ${maxTextLength} characters, not blank, without control characters`;
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused
const controlCharacter = /[\u0000-\u001f\u007f-\u009f]/;

const text = v.pipe(
  v.string(wrong(textRule)),
  v.check(
    (value) =>
      value.trim() !== "" && value.length <= maxTextLength && value.isWellFormed() && !controlCharacter.test(value),
    wrong(textRule),
  ),
);

const amountRule = "must be a number of at least 0";
const amount = v.pipe(v.number(wrong(amountRule)), v.finite(wrong(amountRule)), v.minValue(0, wrong(amountRule)));

const quantityRule = `must be an integer from 1 to ${maxQuantity}`;
const quantity = v.pipe(
  v.number(wrong(quantityRule)),
  v.check((value) => Number.isInteger(value) && value >= 1 && value <= maxQuantity, wrong(quantityRule)),
);

const timeRule = "must be an RFC 3339 time with a zone, e.g. 2026-01-31T12:00:00Z";
const time = v.pipe(
  v.string(wrong(timeRule)),
  v.check(isRfc3339, wrong(timeRule)),
  v.transform((value) => new Date(epochMsOf(value) ?? Number.NaN)),
);

const linesRule = `must be a list of 1 to ${maxLines} lines`;
const line = knownFields({ sku: text, quantity, unitPrice: amount }, wrong("must be an object"));
const lines = v.pipe(
  v.array(line, wrong(linesRule)),
  v.check((value) => value.length >= 1 && value.length <= maxLines, wrong(linesRule)),
);

const order = knownFields(
  { orderId: text, customerId: text, totalAmount: amount, createdAt: v.optional(time), lines },
  wrong("must be a JSON object"),
);

/** An order as a customer may place it. */
export type Order = v.InferOutput<typeof order>;

/** One field that is wrong: its path, e.g. `lines[0].quantity`, or `body`; what is allowed, and what came. */
export interface FieldError {
  readonly field: string;
  readonly message: string;
}

/** Reads an order; every wrong, missing or unknown field is named at once, each once. */
export function parseOrder(body: unknown): { readonly order: Order } | { readonly errors: readonly FieldError[] } {
  // An endless list is judged by its length alone, not line by line.
  if (hasTooManyLines(body)) return { errors: [{ field: "lines", message: `${linesRule}, got ${body.lines.length}` }] };
  const result = v.safeParse(order, body);
  if (result.success) return { order: result.output };
  const errors = new Map<string, FieldError>();
  for (const issue of result.issues) {
    const field = fieldOf(issue);
    if (!errors.has(field)) errors.set(field, { field, message: issue.message });
  }
  return { errors: [...errors.values()] };
}

function hasTooManyLines(body: unknown): body is { lines: unknown[] } {
  return (
    typeof body === "object" &&
    body !== null &&
    "lines" in body &&
    Array.isArray(body.lines) &&
    body.lines.length > maxLines
  );
}

function fieldOf(issue: v.BaseIssue<unknown>): string {
  const path = (issue.path ?? []).map(({ key }) => (typeof key === "number" ? `[${key}]` : `.${String(key)}`)).join("");
  return path === "" ? "body" : path.replace(/^\./, "");
}

function wrong(rule: string) {
  return (issue: v.BaseIssue<unknown>) => `${rule}, got ${shown(issue.input)}`;
}
