import { BackboneError } from "../errors.ts";
import type { TransactItem } from "../idempotency/index.ts";
import type { Increment } from "./effects.ts";

/** What the increments of one attribute come to, when they are made one after the other. */
interface Sum {
  by: number;
  /** The least that the attribute has to hold before the first of them, for each to keep its own bound. */
  needed: number | undefined;
}

/**
 * One update that does what the increments do one after the other, under a condition that holds exactly when each of
 * them would keep its `atLeast`. (Where the attribute is not there yet, a bound fails even behind an increment that
 * would have made it: then the increments are tried one by one.)
 *
 * @param increments of one item, in order; at least one
 */
export function mergeIncrements(increments: readonly [Increment, ...Increment[]]): TransactItem {
  const sums = new Map<string, Sum>();
  for (const { attribute, by, atLeast } of increments) {
    const sum = sums.get(attribute) ?? { by: 0, needed: undefined };
    sum.by += by;
    if (atLeast !== undefined) sum.needed = Math.max(sum.needed ?? Number.NEGATIVE_INFINITY, atLeast - sum.by);
    sums.set(attribute, sum);
  }
  const names: Record<string, string> = {};
  const values: Record<string, number> = {};
  const additions: string[] = [];
  const conditions: string[] = [];
  for (const [attribute, { by, needed }] of sums) {
    const position = additions.length;
    names[`#attribute${position}`] = attribute;
    values[`:by${position}`] = by;
    additions.push(`#attribute${position} :by${position}`);
    if (needed === undefined) continue;
    values[`:needed${position}`] = needed;
    // attribute + by >= atLeast, as conditions cannot add; false where the attribute is not there.
    conditions.push(`#attribute${position} >= :needed${position}`);
  }
  const [{ table, key }] = increments;
  return {
    Update: {
      TableName: table,
      Key: { ...key },
      UpdateExpression: `ADD ${additions.join(", ")}`,
      ExpressionAttributeNames: names,
      ExpressionAttributeValues: values,
      ...(conditions.length > 0 && { ConditionExpression: conditions.join(" AND ") }),
    },
  };
}

/** @throws BackboneError HANDLER_FAILED for an increment by nothing, and where sums would not be exact */
export function checkIncrement({ table, by, atLeast = 0 }: Increment): void {
  if (by !== 0 && Number.isSafeInteger(by) && Number.isSafeInteger(atLeast)) return;
  throw new BackboneError(
    "HANDLER_FAILED",
    `an increment on the table ${table} is by ${by} and at least ${atLeast}, both must be whole numbers and the first not 0`,
  );
}
