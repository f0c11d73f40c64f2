/** The part of the Confluent Schema Registry API that serializers and deployments use. */
export interface SchemaRegistry {
  /**
   * The schema text of an id. Ids never change their meaning, so an answer is kept for ever; failures are not kept.
   *
   * @throws BackboneError SCHEMA_NOT_FOUND, REGISTRY_UNAVAILABLE
   */
  schemaById(id: number): Promise<string>;
  /**
   * The id under which exactly this schema is registered for the subject; it registers nothing.
   *
   * @throws BackboneError SCHEMA_NOT_FOUND, REGISTRY_UNAVAILABLE
   */
  idOf(subject: string, schema: object): Promise<number>;
  /**
   * Registers the schema under the subject and gives its id; registering it again gives the same id.
   *
   * @throws BackboneError SCHEMA_MISMATCH (refused: incompatible or invalid), REGISTRY_UNAVAILABLE
   */
  register(subject: string, schema: object): Promise<number>;
}

/** Turns the value bytes of a record into the data that its reader's schema describes. */
export interface Deserializer {
  /** @throws BackboneError UNKNOWN_EVENT_TYPE, MALFORMED_PAYLOAD, SCHEMA_MISMATCH, SCHEMA_NOT_FOUND, REGISTRY_UNAVAILABLE */
  deserialize(eventType: string, value: Buffer): Promise<unknown>;
}

/** Turns the data of an event into the value bytes of a record. */
export interface Serializer {
  /** @throws BackboneError UNKNOWN_EVENT_TYPE, SCHEMA_MISMATCH, SCHEMA_NOT_FOUND, REGISTRY_UNAVAILABLE */
  serialize(eventType: string, data: unknown): Promise<Buffer>;
}
