import type { CloudEventV1 } from "cloudevents";
import { BackboneError } from "../errors.ts";
import type { OutgoingRecord } from "../kafka/index.ts";
import { attributeProblem, requiredAttributes } from "./attributes.ts";

/**
 * The record that carries an event in binary mode: attributes as `ce_*` headers, datacontenttype as `content-type`,
 * the data as value (no data: null value).
 *
 * @param event attributes are texts, whole numbers or booleans; undefined ones are left out
 * @param key the record's key, written as UTF-8; events of one key keep their order
 * @throws BackboneError MALFORMED_EVENT that names every missing or wrong attribute
 * @see https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/kafka-protocol-binding.md#32-binary-content-mode
 */
export function toBinaryRecord(event: CloudEventV1<Buffer>, key: string): OutgoingRecord {
  const { data, data_base64: _, ...attributes } = event;
  const headers: [string, Buffer][] = [];
  const problems: string[] = requiredAttributes
    .filter((name) => attributes[name] === undefined)
    .map((name) => `${name} is missing`);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined) continue;
    const text = textOf(value);
    const problem =
      text === undefined ? `${name} must be a text, whole number or boolean` : attributeProblem(name, text);
    if (problem !== undefined) problems.push(problem);
    else headers.push([name === "datacontenttype" ? "content-type" : `ce_${name}`, Buffer.from(text ?? "")]);
  }
  if (problems.length > 0) throw new BackboneError("MALFORMED_EVENT", `not a CloudEvent: ${problems.join("; ")}`);
  return { key: Buffer.from(key), value: data ?? null, headers };
}

// The canonical texts of the attribute types: https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md#type-system
function textOf(value: unknown): string | undefined {
  if (typeof value === "string") return value.isWellFormed() ? value : undefined;
  if (typeof value === "boolean") return String(value);
  // An Integer of CloudEvents has 32 bits.
  return typeof value === "number" && (value | 0) === value ? String(value) : undefined;
}
