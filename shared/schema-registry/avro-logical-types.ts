import avro from "avsc";
import { ConvertedType } from "./avro-converted-type.ts";
import { countsTheSame } from "./avro-counted-types.ts";
import { Decimal } from "./avro-decimal.ts";

const msPerDay = 86_400_000;

/**
 * `timestamp-millis` as a `Date`, both ways.
 *
 * @see https://avro.apache.org/docs/1.12.0/specification/#timestamps-millis-micros-nanos
 */
class TimestampMillis extends ConvertedType {
  override _fromValue(epochMs: number): Date {
    const date = new Date(epochMs);
    if (Number.isNaN(date.getTime())) throw new Error("timestamp-millis is beyond what a Date can hold");
    return date;
  }

  override _toValue(date: unknown): number | undefined {
    return date instanceof Date && !Number.isNaN(date.getTime()) ? date.getTime() : undefined;
  }

  override _resolve(writer: avro.Type): ((epochMs: number) => Date) | undefined {
    const fits = avro.Type.isType(writer, "long", "int") && countsTheSame(writer, "timestamp-millis");
    return fits ? (epochMs) => this._fromValue(epochMs) : undefined;
  }
}

/**
 * `date` as "YYYY-MM-DD", years 0000 to 9999: a day of the calendar has no time zone, which a `Date` would bring in.
 *
 * @see https://avro.apache.org/docs/1.12.0/specification/#date
 */
class CalendarDate extends ConvertedType {
  override _fromValue(days: number): string {
    const date = new Date(days * msPerDay);
    const text = Number.isNaN(date.getTime()) ? "" : date.toISOString().slice(0, -"T00:00:00.000Z".length);
    if (text.length !== "YYYY-MM-DD".length) throw new Error("date is not within the years 0000 to 9999");
    return text;
  }

  override _toValue(text: unknown): number | undefined {
    if (typeof text !== "string" || !/^\d{4}-\d{2}-\d{2}$/.test(text)) return undefined;
    const epochMs = Date.parse(`${text}T00:00:00Z`);
    // Date.parse takes the 30th of February for the 2nd of March.
    if (Number.isNaN(epochMs) || !new Date(epochMs).toISOString().startsWith(text)) return undefined;
    return epochMs / msPerDay;
  }

  override _resolve(writer: avro.Type): ((days: number) => string) | undefined {
    const fits = avro.Type.isType(writer, "int") && countsTheSame(writer, "date");
    return fits ? (days) => this._fromValue(days) : undefined;
  }
}

const uuid = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;

/**
 * `uuid`, a checked text, of a string or of 16 bytes.
 *
 * @see https://avro.apache.org/docs/1.12.0/specification/#uuid
 */
class Uuid extends ConvertedType {
  constructor(schema: avro.Schema, options: unknown) {
    super(schema, options);
    const { underlyingType: type } = this;
    if (type.typeName !== "string" && !(type instanceof avro.types.FixedType && type.size === 16)) {
      throw new Error("uuid must be a string or a fixed of 16 bytes");
    }
  }

  override _fromValue(value: string | Buffer): string {
    const text =
      typeof value === "string"
        ? value
        : value.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
    if (!uuid.test(text)) throw new Error("uuid is none");
    return text;
  }

  override _toValue(text: unknown): string | Buffer | undefined {
    if (typeof text !== "string" || !uuid.test(text)) return undefined;
    return this.underlyingType.typeName === "string" ? text : Buffer.from(text.replaceAll("-", ""), "hex");
  }

  override _resolve(writer: avro.Type): ((value: string | Buffer) => string) | undefined {
    const fits =
      writer.typeName === "string" ? this.underlyingType.typeName === "string" : isOfSize(writer, this.underlyingType);
    return fits ? (value) => this._fromValue(value) : undefined;
  }
}

function isOfSize(writer: avro.Type, reader: avro.Type): boolean {
  const { FixedType } = avro.types;
  return writer instanceof FixedType && reader instanceof FixedType && writer.size === reader.size;
}

/** The logical types that are converted; values of others are those of their underlying type. */
export const readerLogicalTypes = {
  "timestamp-millis": TimestampMillis,
  date: CalendarDate,
  decimal: Decimal,
  uuid: Uuid,
};

/**
 * A writer's type is plain, since it is the reader's that says what is made of it; but a decimal without its scale is
 * not the number that was written.
 */
export const writerLogicalTypes = { decimal: Decimal };
