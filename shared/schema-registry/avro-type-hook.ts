import type avro from "avsc";
import { BoundedArray, BoundedMap } from "./avro-bounded-types.ts";
import {
  CheckedBoolean,
  CheckedEnum,
  CheckedFloat,
  CheckedInt,
  CheckedRecord,
  CheckedString,
} from "./avro-checked-types.ts";
import { countedType } from "./avro-counted-types.ts";

type SchemaArgument = ConstructorParameters<typeof avro.types.ArrayType>[0];
type TypeOf = (schema: SchemaArgument, options: unknown) => avro.Type;

const bounded: Readonly<Record<string, TypeOf>> = {
  array: (schema, options) => new BoundedArray(schema, options),
  map: (schema, options) => new BoundedMap(schema, options),
};
const record: TypeOf = (schema, options) => new CheckedRecord(schema, options);
const checked: Readonly<Record<string, TypeOf>> = {
  string: () => new CheckedString(),
  int: () => new CheckedInt(),
  boolean: () => new CheckedBoolean(),
  float: () => new CheckedFloat(),
  enum: (schema, options) => new CheckedEnum(schema, options),
  record,
  error: record,
};

/** Types of our own in place of avsc's, to be given to it as `typeHook`. */
export function ownType(schema: unknown, options: { readonly logicalTypes: object }): avro.Type | undefined {
  if (typeof schema !== "object" || schema === null || !("type" in schema)) return undefined;
  const { type: name } = schema;
  if (typeof name !== "string") return undefined;
  const isOf = (types: object) => Object.hasOwn(types, name);
  if (isOf(bounded)) return bounded[name]?.(schema as SchemaArgument, options);
  // avsc asks before it makes the logical type, which checks its values itself.
  const isConverted = "logicalType" in schema && Object.hasOwn(options.logicalTypes, String(schema.logicalType));
  if (isConverted) return undefined;
  const counted = "logicalType" in schema ? countedType(name, schema.logicalType) : undefined;
  return counted ?? (isOf(checked) ? checked[name]?.(schema as SchemaArgument, options) : undefined);
}
