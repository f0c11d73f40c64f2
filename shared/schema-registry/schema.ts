/** The kinds of schema that registries of the Confluent API know. */
export type SchemaType = "AVRO" | "JSON" | "PROTOBUF";

/** A schema as a registry holds it. */
export interface Schema {
  readonly schemaType: SchemaType;
  /** JSON text of an Avro or JSON schema, text of a .proto file. */
  readonly schema: string;
}

/** The schema that a value was written with. */
export interface WrittenSchema extends Schema {
  /**
   * Avro schemas whose named types this one uses, each after those that it uses itself. Values of the other types are
   * read without theirs.
   */
  readonly references?: readonly string[];
}

/** What does not fit a schema: says where and why, not what is there, so that its message can be shown. */
export class Misfit extends Error {}

const maxReasonLength = 300;

/**
 * Why a schema is refused, to follow a message. Only for what was given schemas alone: errors of the libraries quote what
 * they are given, at any length.
 */
export function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error) || cause.message === "") return "";
  const { message } = cause;
  return `: ${message.length > maxReasonLength ? `${message.slice(0, maxReasonLength).toWellFormed()}…` : message}`;
}

/** Reads the bytes of `value` from `start` to its end, all of them; throws an error of any kind when they do not fit. */
export type Decode = (value: Buffer, start: number) => unknown;

/**
 * A schema of this project's own: what `avro`, `jsonSchema` and `protobuf` make, with what it takes to read and write
 * with it, or with how that is loaded when it is first used.
 */
export type SchemaFormat = LoadedFormat | FormatOnUse;

interface NamedSchema extends Schema {
  /** Full name of the record or message, title of a JSON schema: what subjects are named after. */
  readonly recordName: string | undefined;
}

export interface FormatOnUse extends NamedSchema {
  /** Loads once; a failure is forgotten. @throws BackboneError INVALID_OPTIONS for what is no schema of its type */
  load(): Promise<LoadedFormat>;
}

/** Everything is synchronous, so that a record costs no promise. */
export interface LoadedFormat extends NamedSchema {
  /** How values of the writer's schema are read as this one; throws when they cannot be. */
  decoderOf(writer: WrittenSchema): Decode;
  /** Reads a value that the event source mapping has turned into JSON already; throws when it does not fit. */
  fromJson(json: unknown): unknown;
  /** The data's bytes, without the head of the wire format; throws when it does not fit. */
  encode(data: unknown): Buffer;
}
