import type { AnySchema, ValidateFunction } from "ajv";
import { BackboneError } from "../errors.ts";
import { parseJsonBytes } from "./json-bytes.ts";
import { Misfit, reasonOf, type SchemaFormat } from "./schema.ts";

// ajv's core differs from draft to draft. Each is loaded when the first schema of its draft is declared, and taken from
// its default export: in a chunk of a bundle, a CommonJS package has no other.
const dialects = {
  "http://json-schema.org/draft-07/schema": async () => (await import("ajv")).default.Ajv,
  "https://json-schema.org/draft/2019-09/schema": async () => (await import("ajv/dist/2019.js")).default.Ajv2019,
  "https://json-schema.org/draft/2020-12/schema": async () => (await import("ajv/dist/2020.js")).default.Ajv2020,
} as const;
const defaultDialect = "http://json-schema.org/draft-07/schema";
const maxShownLength = 120;

/**
 * A JSON schema of this project's own: draft 07 (also where `$schema` is absent), 2019-09 or 2020-12, with formats. Data
 * is checked against it, written (as the JSON that comes of it) or read, and left as it is; the schema that a value was
 * written with is not looked at. The schema is self-contained: `$ref` stays within it. Give it a `$schema`: Apicurio 3.3
 * takes a schema that has neither that nor `properties` for something else and refuses it.
 *
 * Loads ajv. To be awaited when the function starts.
 *
 * @param schema the schema's JSON, parsed
 * @throws BackboneError INVALID_OPTIONS for what is no JSON schema, refers to another or is asynchronous
 * @see https://json-schema.org/specification
 */
export async function jsonSchema(schema: Readonly<Record<string, unknown>>): Promise<SchemaFormat> {
  const validate = await compile(schema);
  const checked = (data: unknown): unknown => {
    if (!validate(data)) throw new Misfit(misfits(validate, data, namesOf(schema)));
    return data;
  };
  return {
    schemaType: "JSON",
    schema: JSON.stringify(schema),
    recordName: typeof schema.title === "string" ? schema.title : undefined,
    decoderOf: () => (value, start) => checked(parseJsonBytes(value.subarray(start))),
    fromJson: checked,
    encode(data) {
      const text: string | undefined = JSON.stringify(data, jsonValue);
      if (text === undefined) throw new Misfit(`it is ${typeof data}, which is no JSON`);
      // What is read again, not what it was made of: a Date becomes a text, a Map an empty object.
      checked(JSON.parse(text));
      return Buffer.from(text);
    },
  };
}

async function compile(schema: Readonly<Record<string, unknown>>): Promise<ValidateFunction> {
  const dialect = String(schema.$schema ?? defaultDialect).replace(/#$/, "");
  if (!isDialect(dialect)) {
    const allowed = Object.keys(dialects).join(", ");
    throw new BackboneError("INVALID_OPTIONS", `$schema must be one of ${allowed}, got ${JSON.stringify(dialect)}`);
  }
  const [Ajv, { default: formats }] = await Promise.all([dialects[dialect](), import("ajv-formats")]);
  try {
    // Not strict: what registries hold has keywords of others, which a validator ignores.
    const ajv = new Ajv({ strict: false, strictNumbers: true, logger: false });
    formats.default(ajv);
    const validate = ajv.compile(schema as AnySchema);
    if ("$async" in validate) throw new Error("the schema is asynchronous");
    return validate;
  } catch (cause) {
    throw new BackboneError("INVALID_OPTIONS", `not a JSON schema that stands for itself${reasonOf(cause)}`, { cause });
  }
}

function isDialect(text: string): text is keyof typeof dialects {
  return Object.hasOwn(dialects, text);
}

/** JSON.stringify would write null for what is no number. */
function jsonValue(_: string, value: unknown): unknown {
  if (typeof value === "number" && !Number.isFinite(value)) throw new Misfit("a number in it is none that JSON has");
  return value;
}

/** The properties that a schema names, wherever in it. */
function namesOf(schema: object): ReadonlySet<string> {
  const names = new Set<string>();
  JSON.stringify(schema, (keyword: string, value: unknown) => {
    if (keyword === "properties") for (const name of Object.keys(Object(value))) names.add(name);
    return value;
  });
  return names;
}

/** Where what is wrong; never what is there. */
function misfits({ errors }: ValidateFunction, data: unknown, names: ReadonlySet<string>): string {
  const places = (errors ?? []).map(({ instancePath, message }) => `${placeOf(instancePath, data, names)}: ${message}`);
  const text = places.join("; ");
  return text.length > maxShownLength ? `${text.slice(0, maxShownLength)}…` : text;
}

/** A JSON pointer with `*` for each key that the schema does not name: that is data, as the key of a map is. */
function placeOf(instancePath: string, data: unknown, names: ReadonlySet<string>): string {
  let value = data;
  const shown = instancePath
    .split("/")
    .slice(1)
    .map((segment) => {
      const key = segment.replaceAll("~1", "/").replaceAll("~0", "~");
      const isShown = Array.isArray(value) || names.has(key);
      value = Object(value)[key];
      return isShown ? segment : "*";
    });
  return shown.length === 0 ? "(whole)" : `/${shown.join("/")}`;
}
