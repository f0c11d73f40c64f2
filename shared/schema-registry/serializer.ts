import * as v from "valibot";
import { BackboneError } from "../errors.ts";
import { parseOptions } from "../options/index.ts";
import type { SchemaRegistry } from "./registry.ts";
import { type LoadedFormat, Misfit, type SchemaFormat, type SchemaType } from "./schema.ts";
import { type SubjectNameStrategy, subjectName, subjectNameStrategies } from "./subject-name.ts";
import { writeWireFormat } from "./wire-format.ts";

/** Turns the data of an event into the value bytes of a record. */
export interface Serializer {
  /**
   * @throws BackboneError UNKNOWN_EVENT_TYPE, SCHEMA_MISMATCH, SCHEMA_NOT_FOUND, REGISTRY_UNAVAILABLE
   */
  serialize(eventType: string, data: unknown): Promise<Buffer>;
  /** Media type of the values of an event type, for `datacontenttype`. @throws BackboneError UNKNOWN_EVENT_TYPE */
  contentTypeOf?(eventType: string): string;
}

export interface SerializerOptions {
  readonly registry: Pick<SchemaRegistry, "idOf"> & Partial<Pick<SchemaRegistry, "register">>;
  /** The topic that the values are sent to; subjects are named after it. */
  readonly topic: string;
  /** The schema that the data of each event type is written with, by event type: `avro`, `jsonSchema` or `protobuf`. */
  readonly writers: Readonly<Record<string, SchemaFormat>>;
  /** @default "TopicNameStrategy" */
  readonly subjectNameStrategy?: SubjectNameStrategy;
  /**
   * Whether a schema is registered when it is first written. Deployments should do that: a producer that registers can
   * break its readers from wherever it runs. @default false
   */
  readonly autoRegister?: boolean;
}

interface Writer {
  format: SchemaFormat;
  readonly subject: string;
}

const contentTypes: Readonly<Record<SchemaType, string>> = {
  AVRO: "application/avro",
  JSON: "application/json",
  PROTOBUF: "application/protobuf",
};

const optionsSchema = v.strictObject({
  registry: v.custom<SerializerOptions["registry"]>(
    (registry) => typeof registry === "object" && registry !== null && "idOf" in registry,
    "must be a schema registry",
  ),
  topic: v.pipe(v.string(), v.nonEmpty("must name a topic")),
  writers: v.record(
    v.string(),
    v.custom<SchemaFormat>(
      (format) => typeof format === "object" && format !== null && ("encode" in format || "load" in format),
      "must be made by avro, jsonSchema or protobuf (the latter two are to be awaited)",
    ),
  ),
  subjectNameStrategy: v.optional(v.picklist(subjectNameStrategies), "TopicNameStrategy"),
  autoRegister: v.optional(v.boolean(), false),
});

/**
 * Writes data in Confluent wire format, each event type with its schema. The schema's id is looked up under its subject.
 *
 * Data that does not fit its schema is SCHEMA_MISMATCH; the message says where and why, not what is there.
 *
 * @throws BackboneError INVALID_OPTIONS, also for a subject that cannot be named
 */
export function createSerializer(options: SerializerOptions): Serializer {
  const parsed = parseOptions("createSerializer", optionsSchema, options);
  const { registry, topic, subjectNameStrategy, autoRegister } = parsed;
  const { register } = registry;
  if (autoRegister && register === undefined) {
    throw new BackboneError(
      "INVALID_OPTIONS",
      "wrong options for createSerializer: autoRegister needs a registry that registers",
    );
  }
  const writers = new Map<string, Writer>(
    Object.entries(parsed.writers).map(([eventType, format]) => {
      const { recordName } = format;
      return [eventType, { format, subject: subjectName(subjectNameStrategy, { topic, recordName }) }];
    }),
  );
  const registered = new Map<string, Promise<number>>();

  /** Registers once; a failure is forgotten. */
  function registeredId(eventType: string, subject: string, format: SchemaFormat): Promise<number> {
    const present = registered.get(eventType);
    if (present !== undefined) return present;
    const registering = registry.register?.(subject, format) ?? registry.idOf(subject, format);
    registered.set(eventType, registering);
    registering.catch(() => registered.delete(eventType));
    return registering;
  }

  function writerOf(eventType: string) {
    const writer = writers.get(eventType);
    if (writer !== undefined) return writer;
    throw new BackboneError(
      "UNKNOWN_EVENT_TYPE",
      `no schema for event type ${JSON.stringify(eventType)}, there is one for ${[...writers.keys()].join(", ")}`,
    );
  }

  return {
    contentTypeOf: (eventType) => contentTypes[writerOf(eventType).format.schemaType],
    async serialize(eventType, data) {
      const writer = writerOf(eventType);
      const { subject } = writer;
      const format = "load" in writer.format ? await writer.format.load() : writer.format;
      writer.format = format;
      const body = encoded(format, eventType, data);
      return writeWireFormat(
        await (autoRegister ? registeredId(eventType, subject, format) : registry.idOf(subject, format)),
        body,
      );
    },
  };
}

function encoded(format: LoadedFormat, eventType: string, data: unknown): Buffer {
  try {
    return format.encode(data);
  } catch (error) {
    // Errors of the libraries quote the data.
    const where = error instanceof Misfit ? `: ${error.message}` : "";
    throw new BackboneError("SCHEMA_MISMATCH", `data of ${eventType} does not fit its schema${where}`);
  }
}
