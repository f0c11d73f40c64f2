/** An Integer of CloudEvents: a whole number of 32 bits. */
export function isInteger(value: unknown): value is number {
  return typeof value === "number" && (value | 0) === value;
}

/** The bytes of a Buffer, a typed array, a DataView or an ArrayBuffer, whose memory they share; undefined for anything else. */
export function bytesOf(value: unknown): Buffer | undefined {
  if (Buffer.isBuffer(value)) return value;
  if (ArrayBuffer.isView(value)) return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  return value instanceof ArrayBuffer ? Buffer.from(value) : undefined;
}

/** The bytes of a text in base64; undefined for anything else. */
export function bytesOfBase64(value: unknown): Buffer | undefined {
  if (typeof value !== "string") return undefined;
  const bytes = Buffer.from(value, "base64");
  // Buffer.from skips what is not base64: only what comes out as it went in was.
  return bytes.toString("base64") === value ? bytes : undefined;
}

/** What a value is, for messages: numbers are named, anything else is not quoted. */
export function kindOf(value: unknown): string {
  if (value === null) return "null";
  if (typeof value === "number") return String(value);
  if (Array.isArray(value)) return "a list";
  if (value instanceof Date) return "an invalid date";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}
