export { type AvroDeserializerOptions, createAvroDeserializer } from "./avro-deserializer.ts";
export { type AvroSerializerOptions, createAvroSerializer } from "./avro-serializer.ts";
export { createSchemaRegistry, type SchemaRegistryOptions } from "./create-schema-registry.ts";
export type { Deserializer, SchemaRegistry, Serializer } from "./registry.ts";
