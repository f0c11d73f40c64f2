import { BackboneError } from "../errors.ts";

const magicByte = 0;
const maxSchemaId = 0x7fffffff;

/** Bytes before the body: magic byte 0 and the schema id as 4 bytes big-endian. */
export const wireFormatHeadBytes = 5;

/**
 * The id of the schema that a value in Confluent wire format was written with, from 0 to 2^31 - 1. The body starts at
 * `wireFormatHeadBytes`.
 *
 * @throws BackboneError MALFORMED_PAYLOAD
 * @see https://docs.confluent.io/platform/current/schema-registry/fundamentals/serdes-develop/index.html#wire-format
 */
export function readSchemaId(value: Buffer): number {
  if (value.length < wireFormatHeadBytes) {
    throw new BackboneError(
      "MALFORMED_PAYLOAD",
      `value is not in wire format: ${value.length} bytes, at least ${wireFormatHeadBytes} are needed`,
    );
  }
  if (value[0] !== magicByte) {
    throw new BackboneError("MALFORMED_PAYLOAD", `value is not in wire format: first byte is ${value[0]}, must be 0`);
  }
  const schemaId = value.readInt32BE(1);
  if (schemaId < 0) {
    throw new BackboneError("MALFORMED_PAYLOAD", `value has schema id ${schemaId}, must not be negative`);
  }
  return schemaId;
}

/**
 * The id that a text, such as that of the mapping's metadata, says in decimal digits; undefined for what no Confluent
 * registry gives, such as the UUIDs of AWS Glue.
 */
export function schemaIdOf(text: string): number | undefined {
  return /^\d{1,10}$/.test(text) && Number(text) <= maxSchemaId ? Number(text) : undefined;
}

/**
 * Writes the Confluent wire format; `schemaId` from 0 to 2^31 - 1.
 *
 * @throws BackboneError INVALID_OPTIONS for an id that no registry gives
 */
export function writeWireFormat(schemaId: number, body: Buffer): Buffer {
  if (!Number.isInteger(schemaId) || schemaId < 0 || schemaId > maxSchemaId) {
    throw new BackboneError(
      "INVALID_OPTIONS",
      `schema id must be a whole number from 0 to ${maxSchemaId}, got ${schemaId}`,
    );
  }
  const value = Buffer.allocUnsafe(wireFormatHeadBytes + body.length);
  value[0] = magicByte;
  value.writeInt32BE(schemaId, 1);
  body.copy(value, wireFormatHeadBytes);
  return value;
}
