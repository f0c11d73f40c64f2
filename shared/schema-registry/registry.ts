import type { Schema, WrittenSchema } from "./schema.ts";

/** The part of the Confluent Schema Registry API that serializers, deserializers and deployments use. */
export interface SchemaRegistry {
  /**
   * The schema of an id. Ids never change their meaning, so an answer is kept for ever; that an id is unknown is
   * remembered for seconds, other failures are not kept.
   *
   * @throws BackboneError SCHEMA_NOT_FOUND, REGISTRY_UNAVAILABLE
   */
  schemaById(id: number): Promise<WrittenSchema>;
  /**
   * The id under which exactly this schema is registered for the subject; it registers nothing. Kept like the answers of
   * `schemaById`.
   *
   * @throws BackboneError SCHEMA_NOT_FOUND, REGISTRY_UNAVAILABLE
   */
  idOf(subject: string, schema: Schema): Promise<number>;
  /**
   * Registers the schema under the subject and gives its id; registering it again gives the same id. The registry is
   * asked each time.
   *
   * @throws BackboneError SCHEMA_MISMATCH (refused: incompatible or invalid), REGISTRY_UNAVAILABLE
   */
  register(subject: string, schema: Schema): Promise<number>;
}
