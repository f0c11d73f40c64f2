import protobufjs from "protobufjs";
import protojson from "protobufjs/ext/protojson.js";

// Loads protobufjs, and is itself loaded when the first Protobuf schema is declared.

export interface MessageCodec {
  /** Throws for bytes that are no such message. */
  decode(body: Buffer): unknown;
  /** Throws for data that is no such message. */
  encode(data: unknown): Uint8Array;
  /** Data as `decode` gives it, out of any canonical JSON form of the message; throws for what is none. */
  normalize(json: unknown): unknown;
}

/**
 * Reads and writes one message of a .proto file; throws where there is none.
 *
 * @param misfit makes the error for data that does not fit. Handed in, because what this module and the rest both import
 * would lie in a chunk of its own, which every cold start would read.
 */
export function messageCodec(proto: string, name: string, misfit: (what: string) => Error): MessageCodec {
  const { root, imports = [] } = protobufjs.parse(proto, new protobufjs.Root());
  for (const file of imports) {
    const common = protobufjs.common.get(file);
    if (common?.nested === undefined) throw new Error(`the import of ${file} is not supported`);
    root.addJSON(common.nested);
  }
  root.resolveAll();
  const type = root.lookupType(name);
  const present = (message: protobufjs.Message) => withDefaults(type, toJson(type, message, misfit));
  return {
    decode: (body) => present(type.decode(body)),
    normalize: (json) => present(fromData(type, json, misfit)),
    encode: (data) => type.encode(fromData(type, data, misfit)).finish(),
  };
}

function fromData(type: protobufjs.Type, data: unknown, misfit: (what: string) => Error): protobufjs.Message {
  try {
    return protojson.fromJson(type, data);
  } catch (error) {
    // "<message and field>: <what is wrong>: <the value>"; the value stays out of it.
    const [, where = "(whole)", what = "no such message"] =
      /^\.?([\w.]+): ([^:]+)/.exec(error instanceof Error ? error.message : "") ?? [];
    throw misfit(`${where}: ${what}`);
  }
}

function toJson(type: protobufjs.Type, message: protobufjs.Message, misfit: (what: string) => Error): unknown {
  try {
    return protojson.toJson(type, message);
  } catch {
    // Some of its errors quote the value.
    throw misfit("it has no canonical JSON form");
  }
}

/** Adds what the canonical JSON form leaves out: fields without presence that have their defaults. */
function withDefaults(type: protobufjs.Type, json: unknown): unknown {
  // Messages of google.protobuf have JSON forms of their own.
  if (type.fullName.startsWith(".google.protobuf.") || !isObject(json)) return json;
  for (const field of type.fieldsArray) {
    const name = field.jsonName ?? field.name;
    const { [name]: value } = json;
    const { resolvedType } = field;
    if (value === undefined) {
      const absent = defaultOf(field);
      if (absent !== undefined) json[name] = absent;
    } else if (resolvedType instanceof protobufjs.Type) {
      if (field.repeated) for (const item of value as unknown[]) withDefaults(resolvedType, item);
      else if (field instanceof protobufjs.MapField) {
        for (const item of Object.values(value as object)) withDefaults(resolvedType, item);
      } else withDefaults(resolvedType, value);
    }
  }
  return json;
}

function defaultOf(field: protobufjs.Field): unknown {
  if (field.repeated) return [];
  if (field instanceof protobufjs.MapField) return {};
  if (field.hasPresence || field.resolvedType instanceof protobufjs.Type) return undefined;
  if (field.resolvedType instanceof protobufjs.Enum) {
    return field.resolvedType.valuesById[Number(field.typeDefault)] ?? field.typeDefault;
  }
  if (field.type === "bytes") return "";
  return field.long ? "0" : field.typeDefault;
}

function isObject(json: unknown): json is Record<string, unknown> {
  return typeof json === "object" && json !== null && !Array.isArray(json);
}
