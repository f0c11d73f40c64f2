import type { SchemaMetadata } from "../msk-event/index.ts";
import { type EventRecordFormat, schemaIdOf, writeWireFormat } from "../schema-registry/index.ts";

export interface BytesInTopic {
  readonly bytes: Buffer | null;
  /** What `schemaText` says of bytes that are not those of the topic; undefined for those that are. */
  readonly schema?: string;
}

/**
 * A key or a value as its topic has it. The mapping takes the head of the wire format off what it deserializes as
 * `SOURCE` (a Protobuf's message indexes stay), and the metadata say all that was in it. What it made JSON of does not
 * come back.
 *
 * @param schema what the mapping says of what it has deserialized
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-consume-kafka-events.html
 */
export function bytesInTopic(
  bytes: Buffer | null,
  schema: SchemaMetadata | undefined,
  format: EventRecordFormat | undefined,
): BytesInTopic {
  if (bytes === null || schema === undefined) return { bytes };
  const schemaId = format === "SOURCE" ? schemaIdOf(schema.schemaId) : undefined;
  return schemaId === undefined ? { bytes, schema: schemaText(schema) } : { bytes: writeWireFormat(schemaId, bytes) };
}

/** Format and id, `AVRO/42`. */
export function schemaText({ dataFormat, schemaId }: SchemaMetadata): string {
  return `${dataFormat}/${schemaId}`;
}

const dataFormats = ["AVRO", "JSON", "PROTOBUF"] as const;

/** What `schemaText` was written of; undefined for what it does not write: headers come from anyone. */
export function schemaOf(text = ""): SchemaMetadata | undefined {
  const dataFormat = dataFormats.find((format) => text.startsWith(`${format}/`));
  return dataFormat && { dataFormat, schemaId: text.slice(dataFormat.length + 1) };
}
