import { BackboneError } from "../errors.ts";
import { type FormatOnUse, Misfit } from "./schema.ts";

/**
 * An Avro schema of this project's own. The schema that a value was written with is resolved to it.
 *
 * Of the logical types, `timestamp-millis` is a `Date`, `date` a text "YYYY-MM-DD", `decimal` a text with all its
 * digits, `uuid` a checked text; others are what they are made of. A number that was written in another unit (micro- or
 * nanoseconds, a time of day) is not read as one of them. A `long` beyond 2^53 is refused, either way. The schema is
 * self-contained; a writer's may refer to others.
 *
 * avsc is loaded, and the schema made a type of, with the first value that is read or written: a cold start goes
 * without, and a first value waits for the registry meanwhile. `load` finds a wrong schema before.
 *
 * @param schema the schema's JSON, parsed
 * @see https://avro.apache.org/docs/1.12.0/specification/#schema-resolution
 */
export function avro(schema: object): FormatOnUse {
  return {
    schemaType: "AVRO",
    schema: JSON.stringify(schema),
    recordName: fullNameOf(schema),
    async load() {
      const { avroFormat } = await import("./avro-format.ts");
      try {
        return avroFormat(schema, (what) => new Misfit(what));
      } catch (cause) {
        throw new BackboneError("INVALID_OPTIONS", "not an avro schema", { cause });
      }
    },
  };
}

/** https://avro.apache.org/docs/1.12.0/specification/#names */
function fullNameOf(schema: { readonly name?: unknown; readonly namespace?: unknown }): string | undefined {
  const { name, namespace } = schema;
  if (typeof name !== "string") return undefined;
  const isFull = name.includes(".") || typeof namespace !== "string" || namespace === "";
  return isFull ? name : `${namespace}.${name}`;
}
