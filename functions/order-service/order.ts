import * as v from "valibot";
import { isOrderId, isOrderText, orderIdRule, orderTextRule } from "../../shared/schemas/index.ts";
import { epochMsOf, isRfc3339 } from "../../shared/timestamp/index.ts";
import { type FieldError, fieldErrors, isObject, objectOf, unknownFields, wrong } from "./fields.ts";

const maxQuantity = 1_000_000;
// Lines of the greatest length are 0.5 MB, half of what a broker takes as one record.
const maxLines = 1_000;

const orderId = v.pipe(v.string(wrong(orderIdRule)), v.check(isOrderId, wrong(orderIdRule)));
const text = v.pipe(v.string(wrong(orderTextRule)), v.check(isOrderText, wrong(orderTextRule)));

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

const lineFields = { sku: text, quantity, unitPrice: amount };
const linesRule = `must be a list of 1 to ${maxLines} lines`;
const lines = v.pipe(
  v.array(objectOf(lineFields, wrong("must be an object")), wrong(linesRule)),
  v.check((value) => value.length >= 1 && value.length <= maxLines, wrong(linesRule)),
);

const orderFields = { orderId, customerId: text, totalAmount: amount, createdAt: v.optional(time), lines };
const order = objectOf(orderFields, wrong("must be a JSON object"));

/** An order as a customer may place it. */
export type Order = v.InferOutput<typeof order>;

/** Reads an order; every wrong, missing or unknown field is named at once, each once. */
export function parseOrder(body: unknown): { readonly order: Order } | { readonly errors: readonly FieldError[] } {
  const sentLines: readonly unknown[] = isObject(body) && Array.isArray(body.lines) ? body.lines : [];
  // An endless list is judged by its length alone, not line by line.
  if (sentLines.length > maxLines)
    return { errors: [{ field: "lines", message: `${linesRule}, got ${sentLines.length}` }] };
  const result = v.safeParse(order, body);
  const errors = [
    ...fieldErrors(result.issues ?? []),
    ...unknownFields(body, "", orderFields),
    ...sentLines.flatMap((line, index) => unknownFields(line, `lines[${index}].`, lineFields)),
  ];
  return result.success && errors.length === 0 ? { order: result.output } : { errors };
}
