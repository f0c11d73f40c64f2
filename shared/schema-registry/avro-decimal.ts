import avro from "avsc";
import { ConvertedType } from "./avro-converted-type.ts";

/**
 * `decimal` as a text with exactly `scale` digits after the point, "-12.50": a number of JavaScript cannot hold every
 * decimal. Written are texts with at most that many, and at most `precision` digits.
 *
 * @see https://avro.apache.org/docs/1.12.0/specification/#decimal
 */
export class Decimal extends ConvertedType {
  readonly precision: number;
  readonly scale: number;
  /** The least number that has too many digits. */
  readonly #limit: bigint;

  constructor(schema: avro.Schema, options: unknown) {
    super(schema, options);
    if (!avro.Type.isType(this.underlyingType, "bytes", "fixed")) throw new Error("decimal must be bytes or fixed");
    const { precision, scale } = attributesOf(schema);
    this.precision = precision;
    this.scale = scale;
    this.#limit = 10n ** BigInt(precision);
  }

  override _fromValue(bytes: Buffer): string {
    const unscaled = bytes.length === 0 ? 0n : BigInt.asIntN(bytes.length * 8, BigInt(`0x${bytes.toString("hex")}`));
    const magnitude = unscaled < 0n ? -unscaled : unscaled;
    // Before its digits are made, which takes time that grows with the square of their number.
    if (magnitude >= this.#limit) throw new Error("decimal has more digits than its precision");
    const digits = `${magnitude}`.padStart(this.scale + 1, "0");
    const point = digits.length - this.scale;
    const text = this.scale === 0 ? digits : `${digits.slice(0, point)}.${digits.slice(point)}`;
    return unscaled < 0n ? `-${text}` : text;
  }

  override _toValue(text: unknown): Buffer | undefined {
    if (typeof text !== "string" || text.length > this.precision + 3) return undefined;
    const parts = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text);
    if (parts === null) return undefined;
    const [, sign = "", whole = "", fraction = ""] = parts;
    const digits = `${whole.replace(/^0+/, "")}${fraction.padEnd(this.scale, "0")}`;
    if (fraction.length > this.scale || digits.length > this.precision) return undefined;
    const { underlyingType: type } = this;
    const bytes = twosComplement(BigInt(`${sign}${digits || "0"}`));
    if (!(type instanceof avro.types.FixedType)) return bytes;
    if (bytes.length > type.size) return undefined;
    // The sign fills the bytes that are left.
    const filled = Buffer.alloc(type.size, sign === "-" && (bytes[0] ?? 0) >= 0x80 ? 0xff : 0);
    bytes.copy(filled, type.size - bytes.length);
    return filled;
  }

  override _resolve(writer: avro.Type): ((value: string | Buffer) => string) | undefined {
    if (writer instanceof Decimal) {
      // Another scale is another number, and fewer digits may not hold it.
      const fits = writer.scale === this.scale && writer.precision <= this.precision;
      return fits ? (text) => String(text) : undefined;
    }
    const isPlain = avro.Type.isType(writer, "bytes", "fixed");
    return isPlain ? (bytes) => this._fromValue(Buffer.from(bytes)) : undefined;
  }
}

function attributesOf(schema: avro.Schema): { readonly precision: number; readonly scale: number } {
  const attributes: { readonly precision?: unknown; readonly scale?: unknown } = Object(schema);
  const { precision, scale = 0 } = attributes;
  if (!isWhole(precision) || precision < 1) throw new Error("precision must be a whole number of at least 1");
  if (!isWhole(scale) || scale > precision) throw new Error("scale must be a whole number from 0 to the precision");
  return { precision, scale };
}

function isWhole(value: unknown): value is number {
  return Number.isInteger(value) && Number(value) >= 0;
}

/** The fewest bytes that hold a number in two's complement, big-endian. */
function twosComplement(value: bigint): Buffer {
  let bytes = 1;
  while (BigInt.asIntN(bytes * 8, value) !== value) bytes++;
  const hex = BigInt.asUintN(bytes * 8, value).toString(16);
  return Buffer.from(hex.padStart(bytes * 2, "0"), "hex");
}
