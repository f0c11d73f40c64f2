import type { CloudEventV1 } from "cloudevents";
import { nameProblem, requiredAttributes, ruleOf, valueProblem } from "./attributes.ts";
import { bytesOf, isInteger, kindOf } from "./value-kinds.ts";

export type AttributeValue = string | boolean | number;

/**
 * The attributes of an event, validated, with the values that the JSON format gives them: a Date becomes RFC 3339, bytes
 * become base64. Undefined and null ones are left out.
 *
 * @param problems what is wrong is added to it
 * @see https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md#type-system
 */
export function outgoingAttributes(event: CloudEventV1<unknown>, problems: string[]): Map<string, AttributeValue> {
  const attributes = new Map<string, AttributeValue>();
  for (const [name, given] of Object.entries(event)) {
    if (given === undefined || given === null || name === "data" || name === "data_base64") continue;
    const value = attributeValue(given);
    const problem = nameProblem(name) ?? problemOf(name, value, given);
    if (problem !== undefined) problems.push(problem);
    else if (value !== undefined) attributes.set(name, value);
  }
  for (const name of requiredAttributes) {
    if (event[name] === undefined || event[name] === null) problems.push(`${name} is missing`);
  }
  return attributes;
}

/** The value that is written of an attribute; undefined for what no attribute can be. */
export function attributeValue(given: unknown): AttributeValue | undefined {
  if (typeof given === "string" || typeof given === "boolean" || isInteger(given)) return given;
  if (given instanceof Date) return Number.isNaN(given.getTime()) ? undefined : given.toISOString();
  return bytesOf(given)?.toString("base64");
}

function problemOf(name: string, value: AttributeValue | undefined, given: unknown): string | undefined {
  if (typeof value === "string") return valueProblem(name, value);
  if (ruleOf(name) !== undefined) return `${name} must be a text, got ${kindOf(given)}`;
  return value === undefined
    ? `${name} must be a text, a boolean, a whole number of 32 bits, a Date or bytes, got ${kindOf(given)}`
    : undefined;
}
