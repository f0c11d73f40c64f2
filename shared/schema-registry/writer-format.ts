import { avro } from "./avro.ts";
import { jsonSchema } from "./json-schema.ts";
import { readMessageIndexes } from "./message-indexes.ts";
import { protobuf } from "./protobuf.ts";
import type { SchemaFormat, WrittenSchema } from "./schema.ts";
import { wireFormatHeadBytes } from "./wire-format.ts";

/**
 * The schema that a value was written with, to read it with that: for tools that show values whose types they do not know.
 * A schema that refers to others is not read.
 *
 * @param value in wire format; it says which message of a .proto file it is
 * @throws BackboneError INVALID_OPTIONS for a schema that the format does not take
 */
export async function writerFormat({ schemaType, schema }: WrittenSchema, value: Buffer): Promise<SchemaFormat> {
  switch (schemaType) {
    case "AVRO":
      return avro(JSON.parse(schema));
    case "JSON":
      return jsonSchema(JSON.parse(schema));
    case "PROTOBUF": {
      const { messageNames } = await import("./protobuf-message-names.ts");
      const place = readMessageIndexes(value, wireFormatHeadBytes).indexes.join(".");
      return protobuf(schema, messageNames(schema).get(place) ?? "");
    }
  }
}
