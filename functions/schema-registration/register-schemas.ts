import { type SchemaRegistry, subjectName } from "../../shared/schema-registry/index.ts";
import { type EventSchema, subjectNameStrategies, type TopicName } from "../../shared/schemas/index.ts";

export interface RegisterSchemasOptions {
  readonly registry: Pick<SchemaRegistry, "register">;
  readonly schemas: readonly EventSchema[];
  /** The topics' deployed names. */
  readonly topics: Readonly<Record<TopicName, string>>;
}

/** A schema that is registered, and under which id. */
export interface RegisteredSchema {
  readonly subject: string;
  readonly id: number;
}

/**
 * Registers every schema under its subject of its topic. Doing it again changes nothing.
 *
 * @throws BackboneError INVALID_OPTIONS for what is no schema of its type, SCHEMA_MISMATCH for one that the registry
 *   refuses, REGISTRY_UNAVAILABLE
 */
export async function registerSchemas(options: RegisterSchemasOptions): Promise<RegisteredSchema[]> {
  const { registry, schemas, topics } = options;
  // A schema that functions could not work with is to stop the deployment, not their first record.
  for (const { schema } of schemas) if ("load" in schema) await schema.load();
  // All at once: the time that one of them may take is then the time of all.
  return Promise.all(
    schemas.map(async ({ topic, schema }) => {
      const { recordName } = schema;
      const subject = subjectName(subjectNameStrategies[topic], { topic: topics[topic], recordName });
      return { subject, id: await registry.register(subject, schema) };
    }),
  );
}
