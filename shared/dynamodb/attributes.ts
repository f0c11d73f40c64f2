import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { marshall, unmarshall } from "@aws-sdk/util-dynamodb";

/** The attributes of an item or key, or the values of an expression, as DynamoDB's API spells them. */
export type Attributes = Record<string, AttributeValue>;

// The SDK's document client does the same, and its module takes a cold start 2 ms to load.
/**
 * Plain JavaScript values as DynamoDB's. What is undefined is left out; within a list or a map it is refused.
 *
 * @throws Error for a value that DynamoDB has no type for, and for a number that a double does not hold exactly
 */
export function toAttributes(values: Readonly<Record<string, unknown>>): Attributes {
  return marshall(Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)));
}

/** DynamoDB's values as plain JavaScript ones; a whole number that a double does not hold becomes a bigint. */
export function fromAttributes(attributes: Attributes): Record<string, unknown> {
  return unmarshall(attributes);
}
