import type { TransactItem } from "../idempotency/index.ts";

/** A condition on an item; two that say the same are equal for `isDeepStrictEqual`. */
export interface Condition {
  /** The text of the item's key. */
  readonly on: string;
  readonly expression: string;
  /** The names and values that the expression uses, in its order. Those of the update beside it may be new each time. */
  readonly used: readonly unknown[];
}

// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.ExpressionAttributeNames.html
const placeholders = /[#:]\w+/g;

/** @param on the text of the item's key */
export function conditionOf(on: string, { Put, Update, Delete, ConditionCheck }: TransactItem): Condition {
  const action = Put ?? Update ?? Delete ?? ConditionCheck;
  const { ConditionExpression: expression = "" } = action ?? {};
  const meanings = { ...action?.ExpressionAttributeNames, ...action?.ExpressionAttributeValues };
  return { on, expression, used: expression.match(placeholders)?.map((placeholder) => meanings[placeholder]) ?? [] };
}
