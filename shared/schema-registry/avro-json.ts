import avro from "avsc";
import { ConvertedType } from "./avro-converted-type.ts";

const { ArrayType, EnumType, FixedType, MapType, RecordType, UnwrappedUnionType, WrappedUnionType } = avro.types;

/**
 * What has come of an object or list of the JSON, by the type that it was taken for; undefined for a misfit. Members of
 * unions are tried one after the other, and without it again within each of those around them: time that doubles with
 * every level.
 */
type Tried = WeakMap<object, Map<avro.Type, unknown>>;

/**
 * Makes the value of a type out of JSON: bytes are texts of a character a byte, logical types are what they are made of,
 * absent fields have their defaults, and unknown ones are left out. A member of a union is taken as `{ "<type>": value }`,
 * as Avro's encoding writes it, or bare, as encoders "without wrapping" do; bare ones are of the first type they fit.
 *
 * @throws Error for JSON that does not fit
 * @see https://avro.apache.org/docs/1.12.0/specification/#json-encoding
 */
export function valueFromJson(type: avro.Type, json: unknown, tried: Tried = new WeakMap()): unknown {
  if (type instanceof ConvertedType) return type._fromValue(valueFromJson(type.underlyingType, json, tried));
  if (type instanceof RecordType) {
    const object = objectOf(type, json);
    const fields = type.fields.map((field) => {
      const value = Object.hasOwn(object, field.name) ? object[field.name] : undefined;
      return [field.name, value === undefined ? defaultOf(field) : valueFromJson(field.type, value, tried)];
    });
    return Object.fromEntries(fields);
  }
  if (type instanceof ArrayType) {
    if (!Array.isArray(json)) throw misfit(type);
    return json.map((item) => valueFromJson(type.itemsType, item, tried));
  }
  if (type instanceof MapType) {
    // Without a prototype, so that a key "__proto__" is a key.
    const values: Record<string, unknown> = Object.create(null);
    for (const [key, value] of Object.entries(objectOf(type, json)))
      values[key] = valueFromJson(type.valuesType, value, tried);
    return values;
  }
  if (type instanceof UnwrappedUnionType) return member(type.types, json, tried).value;
  if (type instanceof WrappedUnionType) {
    const { branch, value } = member(type.types, json, tried);
    return value === null ? null : { [branch.branchName ?? ""]: value };
  }
  const value = isOfBytes(type) && typeof json === "string" ? bytesOf(type, json) : json;
  if (!type.isValid(value)) throw misfit(type);
  return value;
}

function isOfBytes(type: avro.Type): boolean {
  return !(type instanceof EnumType) && (type instanceof FixedType || type.typeName === "bytes");
}

function bytesOf(type: avro.Type, text: string): Buffer {
  const bytes = Buffer.from(text, "latin1");
  if (bytes.toString("latin1") !== text) throw misfit(type);
  return bytes;
}

function member(
  types: readonly avro.Type[],
  json: unknown,
  tried: Tried,
): { readonly branch: avro.Type; readonly value: unknown } {
  const [only, ...others] = typeof json === "object" && json !== null ? Object.entries(json) : [];
  const wrapped = others.length === 0 && types.find((type) => type.branchName === only?.[0]);
  if (only !== undefined && wrapped) {
    const value = attempt(wrapped, only[1], tried);
    if (value !== undefined) return { branch: wrapped, value };
  }
  for (const branch of types) {
    const value = attempt(branch, json, tried);
    if (value !== undefined) return { branch, value };
  }
  throw new Error("json fits no type of the union");
}

/** undefined where the JSON does not fit; no value of Avro is undefined. */
function attempt(type: avro.Type, json: unknown, tried: Tried): unknown {
  const node = typeof json === "object" && json !== null ? json : undefined;
  const outcomes = node && (tried.get(node) ?? new Map<avro.Type, unknown>());
  if (outcomes?.has(type)) return outcomes.get(type);
  const value = valueOrUndefined(type, json, tried);
  if (node !== undefined && outcomes !== undefined) tried.set(node, outcomes.set(type, value));
  return value;
}

function valueOrUndefined(type: avro.Type, json: unknown, tried: Tried): unknown {
  try {
    return valueFromJson(type, json, tried);
  } catch {
    return undefined;
  }
}

function defaultOf(field: avro.types.Field): unknown {
  const value = field.defaultValue();
  if (value === undefined) throw new Error(`json lacks the field ${field.name}`);
  return value;
}

function objectOf(type: avro.Type, json: unknown): Readonly<Record<string, unknown>> {
  if (typeof json !== "object" || json === null || Array.isArray(json)) throw misfit(type);
  return json as Readonly<Record<string, unknown>>;
}

function misfit(type: avro.Type): Error {
  return new Error(`json does not fit the type ${type.typeName}`);
}
