import avroTypes from "avsc";
import { undeclaredMembers } from "./avro-checked-types.ts";
import { valueFromJson } from "./avro-json.ts";
import { readerLogicalTypes, writerLogicalTypes } from "./avro-logical-types.ts";
import { ownType } from "./avro-type-hook.ts";
import type { Decode, LoadedFormat, WrittenSchema } from "./schema.ts";

const maxShownLength = 500;

/** Makes the error for a value that does not fit. */
type MisfitOf = (what: string) => Error;

/**
 * What `avro` loads on use. It imports nothing that a cold start needs too: esbuild would put that into a further chunk,
 * to be read by every cold start.
 *
 * @throws Error for what is no Avro schema
 */
export function avroFormat(schema: object, misfit: MisfitOf): LoadedFormat {
  const type = readerType(schema);
  return {
    schemaType: "AVRO",
    schema: JSON.stringify(schema),
    recordName: type.name,
    decoderOf: (writer) => decoderOf(type, writer, misfit),
    fromJson: (json) => valueFromJson(type, json),
    encode: (data) => encode(type, data, misfit),
  };
}

function readerType(schema: object): avroTypes.Type {
  return avroTypes.Type.forSchema(avroSchemaOf(schema), {
    logicalTypes: readerLogicalTypes,
    // A wrong one, which is to be ignored in a writer's schema, is a mistake in one's own.
    assertLogicalTypes: true,
    omitRecordMethods: true,
    typeHook: ownType,
  });
}

function decoderOf(reader: avroTypes.Type, writer: WrittenSchema, misfit: MisfitOf): Decode {
  // It costs nothing measurable where both are the same.
  const resolver = resolverOf(reader, writerType(writer));
  return (value, start) => {
    const { value: data, offset } = reader.decode(value, start, resolver);
    if (offset === value.length) return data;
    throw misfit(offset < 0 ? "it has too few bytes" : `${value.length - offset} bytes are left over`);
  };
}

/**
 * The specification compares names without their namespaces. Full names come first all the same: two types of a union
 * may differ by nothing else.
 */
function resolverOf(reader: avroTypes.Type, writer: avroTypes.Type) {
  try {
    return reader.createResolver(writer);
  } catch {
    return reader.createResolver(writer, { ignoreNamespaces: true });
  }
}

function writerType({ schema, references = [] }: WrittenSchema): avroTypes.Type {
  const options = {
    registry: {},
    logicalTypes: writerLogicalTypes,
    omitRecordMethods: true,
    typeHook: ownType,
  };
  // Each leaves its named types in the registry of the options, for those after it.
  for (const reference of references) avroTypes.Type.forSchema(avroSchemaOf(JSON.parse(reference)), options);
  return avroTypes.Type.forSchema(avroSchemaOf(JSON.parse(schema)), options);
}

function encode(type: avroTypes.Type, data: unknown, misfit: MisfitOf): Buffer {
  const wrong: string[] = [];
  const errorHook = (path: readonly string[], value: unknown, misfitting: avroTypes.Type) => {
    const unknown = misfitting instanceof avroTypes.types.RecordType ? undeclaredMembers(misfitting, value) : [];
    if (unknown.length === 0) wrong.push(`${path.join(".") || "(whole)"} (must be ${nameOf(misfitting)})`);
    for (const name of unknown) wrong.push(`${[...path, name].join(".")} (no such field)`);
  };
  if (type.isValid(data, { noUndeclaredFields: true, errorHook })) return type.toBuffer(data);
  const text = wrong.join(", ");
  throw misfit(text.length > maxShownLength ? `${text.slice(0, maxShownLength)}…` : text);
}

/** As schemas name it: `int`, `enum com.example.Size`, `timestamp-millis`, and all that a union is of. */
function nameOf(type: avroTypes.Type): string {
  const { UnwrappedUnionType, WrappedUnionType } = avroTypes.types;
  if (type instanceof UnwrappedUnionType || type instanceof WrappedUnionType)
    return type.types.map(nameOf).join(" or ");
  return `${type.typeName.replace(/^logical:/, "")}${type.name === undefined ? "" : ` ${type.name}`}`;
}

type AvroSchema = Parameters<typeof avroTypes.Type.forSchema>[0];

/** avsc checks the schema itself when it makes the type of it, and throws when it is none. */
function avroSchemaOf(schema: unknown): AvroSchema {
  return schema as AvroSchema;
}
