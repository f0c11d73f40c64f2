import { isUtf8 } from "node:buffer";

/** Bytes of a header: as Lambda sends them, signed, or as they are. */
export type HeaderBytes = readonly number[] | Buffer;

/** Above it, the characters would not fit the stack as arguments. */
const maxArguments = 1_024;

/** The text if all bytes are printable ASCII, as nearly every header is; undefined if they are not. */
export function printableAsciiOf(bytes: readonly number[]): string | undefined {
  if (bytes.length > maxArguments) return undefined;
  for (let index = 0; index < bytes.length; index++) {
    const byte = bytes[index];
    if (typeof byte !== "number" || !(byte >= 0x20 && byte <= 0x7e)) return undefined;
  }
  return String.fromCharCode.apply(null, bytes as number[]);
}

/** The text of UTF-8 bytes; undefined if they are not UTF-8, or not bytes. */
export function utf8Of(bytes: HeaderBytes): string | undefined {
  if (!(bytes instanceof Uint8Array) && !bytes.every(isByte)) return undefined;
  const buffer = Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes);
  const text = buffer.toString("utf8");
  // Only a text with a replacement character can have been broken UTF-8, so the scan is for those alone.
  return text.includes("\ufffd") && !isUtf8(buffer) ? undefined : text;
}

/** Signed, as Java has it, or not. */
function isByte(value: unknown): boolean {
  return typeof value === "number" && Number.isInteger(value) && value >= -128 && value <= 255;
}
