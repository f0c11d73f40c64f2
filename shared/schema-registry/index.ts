export { avro } from "./avro.ts";
export { createSchemaRegistry, type SchemaRegistryOptions } from "./create-schema-registry.ts";
export {
  createDeserializer,
  type Deserializer,
  type DeserializerOptions,
  type EventRecordFormat,
  type ValueSchema,
} from "./deserializer.ts";
export { jsonSchema } from "./json-schema.ts";
export { type MessageIndexes, readMessageIndexes, writeMessageIndexes } from "./message-indexes.ts";
export { protobuf } from "./protobuf.ts";
export type { SchemaRegistry } from "./registry.ts";
export type { Decode, Schema, SchemaFormat, SchemaType, WrittenSchema } from "./schema.ts";
export { createSerializer, type Serializer, type SerializerOptions } from "./serializer.ts";
export { type SubjectNameStrategy, type SubjectOf, subjectName } from "./subject-name.ts";
export { readSchemaId, schemaIdOf, wireFormatHeadBytes, writeWireFormat } from "./wire-format.ts";
export { writerFormat } from "./writer-format.ts";
