import avro from "avsc";
import { boundedType } from "./avro-bounded-types.ts";

/**
 * `timestamp-millis` as a `Date`, both ways.
 *
 * @see https://avro.apache.org/docs/1.12.0/specification/#timestamps-millis-micros-nanos
 */
class TimestampMillis extends avro.types.LogicalType {
  override _fromValue(epochMs: number): Date {
    const date = new Date(epochMs);
    if (Number.isNaN(date.getTime())) throw new Error("timestamp-millis is beyond what a Date can hold");
    return date;
  }

  // undefined is avsc's word for "does not fit".
  override _toValue(date: unknown): number | undefined {
    return date instanceof Date && !Number.isNaN(date.getTime()) ? date.getTime() : undefined;
  }

  override _resolve(writer: avro.Type): ((epochMs: number) => Date) | undefined {
    return avro.Type.isType(writer, "long", "int") ? (epochMs) => this._fromValue(epochMs) : undefined;
  }
}

/** The type of a reader's or producer's schema: logical types are converted. */
export function dataType(schema: object): avro.Type {
  return avro.Type.forSchema(avroSchemaOf(schema), {
    logicalTypes: { "timestamp-millis": TimestampMillis },
    omitRecordMethods: true,
    typeHook: boundedType,
  });
}

/** The type of a writer's schema as the registry gives it: plain, since it is the reader's that says what is made of it. */
export function writerType(schemaText: string): avro.Type {
  return avro.Type.forSchema(avroSchemaOf(JSON.parse(schemaText)), { omitRecordMethods: true, typeHook: boundedType });
}

type AvroSchema = Parameters<typeof avro.Type.forSchema>[0];

/** avsc checks the schema itself when it makes the type of it, and throws when it is none. */
function avroSchemaOf(schema: unknown): AvroSchema {
  return schema as AvroSchema;
}
