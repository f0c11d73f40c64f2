import { BackboneError } from "../errors.ts";

const magicByte = 0;
const headerBytes = 5;
const maxSchemaId = 0x7fffffff;

/** A value in wire format: the id of the schema it was written with, and the body's bytes, which share its memory. */
export interface FramedValue {
  readonly schemaId: number;
  readonly body: Buffer;
}

/**
 * Reads the Confluent wire format: magic byte 0, schema id as 4 bytes big-endian, body.
 *
 * @throws BackboneError MALFORMED_PAYLOAD
 * @see https://docs.confluent.io/platform/current/schema-registry/fundamentals/serdes-develop/index.html#wire-format
 */
export function readWireFormat(value: Buffer): FramedValue {
  if (value.length < headerBytes) {
    throw new BackboneError(
      "MALFORMED_PAYLOAD",
      `value is not in wire format: ${value.length} bytes, at least ${headerBytes} are needed`,
    );
  }
  if (value[0] !== magicByte) {
    throw new BackboneError("MALFORMED_PAYLOAD", `value is not in wire format: first byte is ${value[0]}, must be 0`);
  }
  const schemaId = value.readInt32BE(1);
  if (schemaId < 0)
    throw new BackboneError("MALFORMED_PAYLOAD", `value has schema id ${schemaId}, must not be negative`);
  return { schemaId, body: value.subarray(headerBytes) };
}

/** Writes the Confluent wire format; `schemaId` from 0 to 2^31 - 1. */
export function writeWireFormat(schemaId: number, body: Buffer): Buffer {
  if (!Number.isInteger(schemaId) || schemaId < 0 || schemaId > maxSchemaId) {
    throw new BackboneError(
      "INVALID_OPTIONS",
      `schema id must be a whole number from 0 to ${maxSchemaId}, got ${schemaId}`,
    );
  }
  const value = Buffer.allocUnsafe(headerBytes + body.length);
  value[0] = magicByte;
  value.writeInt32BE(schemaId, 1);
  body.copy(value, headerBytes);
  return value;
}
