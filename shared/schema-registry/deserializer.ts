import * as v from "valibot";
import { BackboneError } from "../errors.ts";
import { parseOptions } from "../options/index.ts";
import { parseJsonBytes } from "./json-bytes.ts";
import type { SchemaRegistry } from "./registry.ts";
import { type Decode, type LoadedFormat, Misfit, reasonOf, type SchemaFormat, type SchemaType } from "./schema.ts";
import { readSchemaId, schemaIdOf, wireFormatHeadBytes } from "./wire-format.ts";

/** `SchemaRegistryConfig.EventRecordFormat` of an event source mapping. */
export type EventRecordFormat = "SOURCE" | "JSON";

/** What the event source mapping says of a value that it has deserialized, in the record's `valueSchemaMetadata`. */
export interface ValueSchema {
  readonly schemaId: string;
  readonly dataFormat: SchemaType;
}

/** Turns the value bytes of a record into the data that its reader's schema describes. */
export interface Deserializer {
  /** What the mapping makes of values, if it is known: dead letters are made what the topic had by it. */
  readonly eventRecordFormat?: EventRecordFormat | undefined;
  /**
   * Gives the data at once, or a promise of it where the registry has to be asked first: once a schema id. `await` suits
   * both; what must not pay for a promise a record asks whether it has a `then`. Failures are thrown or rejected alike.
   *
   * @param valueSchema present if the mapping has deserialized the value; `value` is what it made of it then
   * @throws BackboneError UNKNOWN_EVENT_TYPE, MALFORMED_PAYLOAD, SCHEMA_MISMATCH, SCHEMA_NOT_FOUND,
   *   REGISTRY_UNAVAILABLE, INVALID_OPTIONS (a value that the mapping has deserialized, without
   *   `eventRecordFormat`, or as `SOURCE` with a registry of AWS Glue)
   */
  deserialize(eventType: string, value: Buffer, valueSchema?: ValueSchema): unknown;
}

export interface DeserializerOptions {
  readonly registry: Pick<SchemaRegistry, "schemaById">;
  /** The schema that the data of each event type is read with, by event type: `avro`, `jsonSchema` or `protobuf`. */
  readonly readers: Readonly<Record<string, SchemaFormat>>;
  /**
   * `SchemaRegistryConfig.EventRecordFormat` of the event source mapping, where it has one: no event says it. `SOURCE`
   * is the body without the head of the wire format, `JSON` the mapping's own conversion; for the latter the registry is
   * not asked, and it may be one of AWS Glue. Records that the mapping has left alone are read as ever.
   *
   * @default none: the mapping deserializes nothing
   * @see https://docs.aws.amazon.com/lambda/latest/dg/services-consume-kafka-events.html
   */
  readonly eventRecordFormat?: EventRecordFormat;
}

/** A type comes from the record, and may be as long as that one. */
const maxShownLength = 80;

interface Reader {
  format: SchemaFormat;
  readonly decodes: Map<number, Decode>;
  readonly preparing: Map<number, Promise<Decode>>;
}

const optionsSchema = v.strictObject({
  registry: v.custom<Pick<SchemaRegistry, "schemaById">>(
    (registry) => typeof registry === "object" && registry !== null && "schemaById" in registry,
    "must be a schema registry",
  ),
  readers: v.record(
    v.string(),
    v.custom<SchemaFormat>(
      (format) => typeof format === "object" && format !== null && ("decoderOf" in format || "load" in format),
      "must be made by avro, jsonSchema or protobuf (the latter two are to be awaited)",
    ),
  ),
  eventRecordFormat: v.optional(v.picklist(["SOURCE", "JSON"])),
});

/**
 * Reads values in Confluent wire format, each with the reader of its event type, whatever that one's schema type is. The
 * schema that a value was written with is taken from the registry once for each id.
 *
 * A reader that is a JSON schema takes JSON without the head of the wire format too, which is what events in structured
 * mode carry.
 *
 * Bytes that are too few, too many or do not fit are MALFORMED_PAYLOAD; a writer's schema that the reader cannot read is
 * SCHEMA_MISMATCH.
 *
 * @throws BackboneError INVALID_OPTIONS
 */
export function createDeserializer(options: DeserializerOptions): Deserializer {
  const { registry, readers: formats, eventRecordFormat } = parseOptions("createDeserializer", optionsSchema, options);
  const readers = new Map<string, Reader>(
    Object.entries(formats).map(([type, format]) => [type, { format, decodes: new Map(), preparing: new Map() }]),
  );

  /** One request and one preparation for all records that wait for the same schema. */
  function prepare(reader: Reader, eventType: string, schemaId: number): Promise<Decode> {
    const present = reader.preparing.get(schemaId);
    if (present !== undefined) return present;
    // The request first: what is loaded on use is loaded while its answer is awaited.
    const preparing = Promise.all([registry.schemaById(schemaId), loaded(reader)])
      .then(([writer, format]) => {
        const decode = decoderOf(format, eventType, schemaId, writer);
        reader.decodes.set(schemaId, decode);
        return decode;
      })
      .finally(() => reader.preparing.delete(schemaId));
    reader.preparing.set(schemaId, preparing);
    return preparing;
  }

  function body(reader: Reader, eventType: string, schemaId: number, value: Buffer, start: number): unknown {
    const decode = reader.decodes.get(schemaId);
    if (decode !== undefined) return decoded(decode, eventType, schemaId, value, start);
    return prepare(reader, eventType, schemaId).then((prepared) =>
      decoded(prepared, eventType, schemaId, value, start),
    );
  }

  function deserializedByMapping(reader: Reader, eventType: string, value: Buffer, valueSchema: ValueSchema): unknown {
    const { dataFormat, schemaId } = valueSchema;
    checkSchemaType(reader.format, eventType, schemaId, dataFormat);
    switch (eventRecordFormat) {
      case "SOURCE":
        return body(reader, eventType, registryId(schemaId), value, 0);
      case "JSON":
        return bareJson(reader, eventType, schemaId, value);
      default:
        throw new BackboneError(
          "INVALID_OPTIONS",
          "the event source mapping deserializes values: the option eventRecordFormat must be its EventRecordFormat",
        );
    }
  }

  return {
    eventRecordFormat,
    deserialize(eventType, value, valueSchema) {
      const reader = readers.get(eventType);
      if (reader === undefined) {
        throw new BackboneError(
          "UNKNOWN_EVENT_TYPE",
          `no reader for event type ${JSON.stringify(eventType.slice(0, maxShownLength))}, there is one for ${[...readers.keys()].join(", ")}`,
        );
      }
      if (valueSchema !== undefined) return deserializedByMapping(reader, eventType, value, valueSchema);
      // No JSON begins with the 0 of the wire format.
      if (reader.format.schemaType === "JSON" && value[0] !== 0) return bareJson(reader, eventType, "none", value);
      return body(reader, eventType, readSchemaId(value), value, wireFormatHeadBytes);
    },
  };
}

function decoded(decode: Decode, eventType: string, schemaId: number | string, value: Buffer, start: number): unknown {
  try {
    return decode(value, start);
  } catch (cause) {
    if (cause instanceof BackboneError) throw cause;
    const message = `value of ${eventType} does not fit its schema (id ${schemaId})`;
    if (cause instanceof Misfit) throw new BackboneError("MALFORMED_PAYLOAD", `${message}: ${cause.message}`);
    throw new BackboneError("MALFORMED_PAYLOAD", message, { cause });
  }
}

/** From its loading on, a reader costs its records no promise. */
async function loaded(reader: Reader): Promise<LoadedFormat> {
  if (!("load" in reader.format)) return reader.format;
  const format = await reader.format.load();
  reader.format = format;
  return format;
}

function bareJson(reader: Reader, eventType: string, schemaId: string, value: Buffer): unknown {
  const { format } = reader;
  if ("load" in format) return loaded(reader).then(() => bareJson(reader, eventType, schemaId, value));
  return decoded((bytes) => format.fromJson(parseJsonBytes(bytes)), eventType, schemaId, value, 0);
}

function decoderOf(
  format: LoadedFormat,
  eventType: string,
  schemaId: number,
  writer: Awaited<ReturnType<SchemaRegistry["schemaById"]>>,
): Decode {
  checkSchemaType(format, eventType, schemaId, writer.schemaType);
  try {
    return format.decoderOf(writer);
  } catch (cause) {
    const message = `schema ${schemaId} cannot be read as ${eventType}${reasonOf(cause)}`;
    throw new BackboneError("SCHEMA_MISMATCH", message, { cause });
  }
}

function checkSchemaType(format: SchemaFormat, eventType: string, schemaId: number | string, type: SchemaType): void {
  if (type === format.schemaType) return;
  const message = `schema ${schemaId} is of type ${type}, ${eventType} is read as ${format.schemaType}`;
  throw new BackboneError("SCHEMA_MISMATCH", message);
}

/** Another registry's ids are a matter of the mapping's settings, which no dead letter mends. */
function registryId(text: string): number {
  const id = schemaIdOf(text);
  if (id !== undefined) return id;
  throw new BackboneError(
    "INVALID_OPTIONS",
    "the event source mapping's registry must be of the Confluent API, whose schema ids are whole numbers: of one of AWS Glue, EventRecordFormat must be JSON",
  );
}
