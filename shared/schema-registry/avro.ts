import { BackboneError } from "../errors.ts";
import { type FormatOnUse, type LoadedFormat, Misfit, reasonOf } from "./schema.ts";

/**
 * An Avro schema of this project's own. The schema that a value was written with is resolved to it.
 *
 * Of the logical types, `timestamp-millis` is a `Date`, `date` a text "YYYY-MM-DD", `decimal` a text with all its
 * digits, `uuid` a checked text; others are what they are made of. A number that was written in one unit (days, milli-,
 * micro- or nanoseconds, of a time of day or since 1970) is not read in another. A `long` beyond 2^53 is refused, either
 * way. The schema is self-contained; a writer's may refer to others.
 *
 * Nothing is changed without a word. Refused when it is read: text that is not UTF-8, an `int` of more than 32 bits, a
 * `boolean` other than 0 and 1. Refused when it is written: a member that is no field, an array for a record, text with
 * half of a surrogate pair, a number that a `float` would make infinite. A `float` rounds what it can hold, and fields
 * that the reader does not have are skipped, not looked at.
 *
 * Names are compared without their namespaces, and enums are resolved by the symbol that was written. Each type of a
 * writer's union has to be readable, whichever the value is of.
 *
 * avsc is loaded, and the schema made a type of, with the first value that is read or written: a cold start goes
 * without, and a first value waits for the registry meanwhile. `load` finds a wrong schema before.
 *
 * @param schema the schema's JSON, parsed
 * @see https://avro.apache.org/docs/1.12.0/specification/#schema-resolution
 */
export function avro(schema: object): FormatOnUse {
  const recordName = fullNameOf(schema);
  let loading: Promise<LoadedFormat> | undefined;
  return {
    schemaType: "AVRO",
    schema: JSON.stringify(schema),
    recordName,
    load() {
      loading ??= loadedFormat(schema, recordName).catch((error) => {
        loading = undefined;
        throw error;
      });
      return loading;
    },
  };
}

async function loadedFormat(schema: object, recordName: string | undefined): Promise<LoadedFormat> {
  const { avroFormat } = await import("./avro-format.ts");
  try {
    return avroFormat(schema, (what) => new Misfit(what));
  } catch (cause) {
    const what = recordName === undefined ? "not an avro schema" : `not an avro schema, ${recordName}`;
    throw new BackboneError("INVALID_OPTIONS", `${what}${reasonOf(cause)}`, { cause });
  }
}

/** https://avro.apache.org/docs/1.12.0/specification/#names */
function fullNameOf(schema: { readonly name?: unknown; readonly namespace?: unknown }): string | undefined {
  const { name, namespace } = schema;
  if (typeof name !== "string") return undefined;
  const isFull = name.includes(".") || typeof namespace !== "string" || namespace === "";
  return isFull ? name : `${namespace}.${name}`;
}
