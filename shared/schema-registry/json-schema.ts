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
 * is checked against it, written or read, and left as it is; the schema that a value was written with is not looked at.
 * The schema is self-contained: `$ref` stays within it. Give it a `$schema`: Apicurio 3.3 takes a schema that has neither
 * that nor `properties` for something else and refuses it.
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
    if (!validate(data)) throw new Misfit(misfits(validate));
    return data;
  };
  return {
    schemaType: "JSON",
    schema: JSON.stringify(schema),
    recordName: typeof schema.title === "string" ? schema.title : undefined,
    decoderOf: () => (value, start) => checked(parseJsonBytes(value.subarray(start))),
    fromJson: checked,
    encode(data) {
      const text: string | undefined = JSON.stringify(checked(data));
      if (text === undefined) throw new Misfit(`it is ${typeof data}, which is no JSON`);
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

/** Where what is wrong; never what is there. */
function misfits({ errors }: ValidateFunction): string {
  const places = (errors ?? []).map(({ instancePath, message }) => `${instancePath || "(whole)"}: ${message}`);
  const text = places.join("; ");
  return text.length > maxShownLength ? `${text.slice(0, maxShownLength)}…` : text;
}
