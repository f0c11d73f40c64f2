import type avro from "avsc";
import { BackboneError } from "../errors.ts";
import { dataType } from "./avro-types.ts";
import type { SchemaRegistry, Serializer } from "./registry.ts";
import { writeWireFormat } from "./wire-format.ts";

export interface AvroSerializerOptions {
  readonly registry: Pick<SchemaRegistry, "idOf">;
  /** The Avro schema of each event type and the subject under which it is registered, by event type. */
  readonly writers: Readonly<Record<string, { readonly subject: string; readonly schema: object }>>;
}

/**
 * Writes data as Avro in wire format. The schema's id is looked up under its subject; nothing is registered, deployments
 * do that.
 *
 * A `timestamp-millis` takes a `Date`. Data that does not fit its schema is SCHEMA_MISMATCH; the message names the
 * fields, not their values.
 *
 * @throws BackboneError INVALID_OPTIONS for a schema that is no Avro schema
 */
export function createAvroSerializer(options: AvroSerializerOptions): Serializer {
  const { registry, writers } = options;
  const types = new Map(
    Object.entries(writers).map(([eventType, writer]) => [
      eventType,
      { ...writer, type: writerTypeOf(eventType, writer.schema) },
    ]),
  );

  return {
    async serialize(eventType, data) {
      const writer = types.get(eventType);
      if (writer === undefined) {
        throw new BackboneError(
          "UNKNOWN_EVENT_TYPE",
          `no schema for event type ${JSON.stringify(eventType)}, there is one for ${[...types.keys()].join(", ")}`,
        );
      }
      const body = encode(eventType, writer.type, data);
      return writeWireFormat(await registry.idOf(writer.subject, writer.schema), body);
    },
  };
}

function encode(eventType: string, type: avro.Type, data: unknown): Buffer {
  const wrong: string[] = [];
  const fits = type.isValid(data, { errorHook: (path) => wrong.push(path.join(".") || "(whole)") });
  if (fits) return type.toBuffer(data);
  throw new BackboneError("SCHEMA_MISMATCH", `data of ${eventType} does not fit its schema at ${wrong.join(", ")}`);
}

function writerTypeOf(eventType: string, schema: object): avro.Type {
  try {
    return dataType(schema);
  } catch (cause) {
    throw new BackboneError("INVALID_OPTIONS", `schema of ${eventType} is not an avro schema`, { cause });
  }
}
