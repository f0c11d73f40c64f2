import type avro from "avsc";
import { BackboneError } from "../errors.ts";
import { dataType, writerType } from "./avro-types.ts";
import type { Deserializer, SchemaRegistry } from "./registry.ts";
import { readWireFormat } from "./wire-format.ts";

export interface AvroDeserializerOptions {
  readonly registry: Pick<SchemaRegistry, "schemaById">;
  /** The Avro schema that the data of each event type is read with, by event type. */
  readonly readers: Readonly<Record<string, object>>;
}

type Read = (body: Buffer) => unknown;

/**
 * Reads values in wire format with Avro bodies: the writer's schema, taken from the registry, is resolved to the
 * reader's, once for each schema id and event type.
 *
 * `timestamp-millis` becomes a `Date`. Bytes that are too few, too many or do not fit are MALFORMED_PAYLOAD.
 *
 * @throws BackboneError INVALID_OPTIONS for a reader that is no Avro schema
 * @see https://avro.apache.org/docs/1.12.0/specification/#schema-resolution
 */
export function createAvroDeserializer(options: AvroDeserializerOptions): Deserializer {
  const { registry, readers } = options;
  const types = new Map(
    Object.entries(readers).map(([eventType, schema]) => [eventType, readerType(eventType, schema)]),
  );
  const reads = new Map<string, Map<number, Read>>([...types.keys()].map((eventType) => [eventType, new Map()]));

  return {
    async deserialize(eventType, value) {
      const reader = types.get(eventType);
      const known = reads.get(eventType);
      if (reader === undefined || known === undefined) {
        throw new BackboneError(
          "UNKNOWN_EVENT_TYPE",
          `no reader for event type ${JSON.stringify(eventType)}, there is one for ${[...types.keys()].join(", ")}`,
        );
      }
      const { schemaId, body } = readWireFormat(value);
      let read = known.get(schemaId);
      if (read === undefined) {
        read = readOf(reader, eventType, schemaId, await registry.schemaById(schemaId));
        known.set(schemaId, read);
      }
      try {
        return read(body);
      } catch (cause) {
        const message = `value of ${eventType} does not fit its schema (id ${schemaId})`;
        throw new BackboneError("MALFORMED_PAYLOAD", message, { cause });
      }
    },
  };
}

function readerType(eventType: string, schema: object): avro.Type {
  try {
    return dataType(schema);
  } catch (cause) {
    throw new BackboneError("INVALID_OPTIONS", `reader of ${eventType} is not an avro schema`, { cause });
  }
}

function readOf(reader: avro.Type, eventType: string, schemaId: number, schemaText: string): Read {
  try {
    const resolver = reader.createResolver(writerType(schemaText));
    return (body) => reader.fromBuffer(body, resolver);
  } catch (cause) {
    throw new BackboneError("SCHEMA_MISMATCH", `schema ${schemaId} cannot be read as ${eventType}`, { cause });
  }
}
