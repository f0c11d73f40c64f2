import { isUtf8 } from "node:buffer";
import avro from "avsc";
import type { Tap } from "./avro-tap.ts";

// What avsc 5.7.9 reads or writes as another value than is there, without a word. Written data is asked for with
// isValid before, so that a _check is all it takes there.

type Hook = (value: unknown, type: avro.Type) => void;
type Check = (value: unknown, flags?: unknown, hook?: Hook, path?: string[]) => boolean;

/** Texts are UTF-8 when they are read, and can be when they are written. */
export class CheckedString extends avro.types.StringType {
  _read(tap: Tap): string | undefined {
    return readText(tap);
  }

  _check(value: unknown, _flags?: unknown, hook?: Hook): boolean {
    return told(typeof value === "string" && value.isWellFormed(), value, this, hook);
  }
}

/** @returns undefined past the end of the bytes, which avsc looks at afterwards */
export function readText(tap: Tap): string | undefined {
  const start = tap.pos;
  const text = tap.readString();
  // Only a text with a replacement character can have been broken UTF-8, so the scan is for those alone.
  if (text?.includes("\ufffd")) checkUtf8(tap, start);
  return text;
}

function checkUtf8(tap: Tap, start: number): void {
  const end = tap.pos;
  tap.pos = start;
  const length = tap.readLong();
  tap.pos = end;
  if (!isUtf8(tap.buf.subarray(end - length, end))) throw new Error("a string is not UTF-8");
}

/** Integers have 32 bits. */
export class CheckedInt extends avro.types.IntType {
  _read(tap: Tap): number {
    const value = tap.readLong();
    if (value !== (value | 0)) throw new Error("an int has more than 32 bits");
    return value;
  }
}

/** Booleans are a byte of 0 or 1. */
export class CheckedBoolean extends avro.types.BooleanType {
  _read(tap: Tap): boolean {
    // There is none past the end of the bytes, which avsc looks at afterwards.
    const byte = tap.buf[tap.pos++] ?? 0;
    if (byte > 1) throw new Error("a boolean is neither 0 nor 1");
    return byte === 1;
  }
}

/** Numbers that a float would make infinite are not written; that it rounds is its nature. */
export class CheckedFloat extends avro.types.FloatType {
  _check(value: unknown, _flags?: unknown, hook?: Hook): boolean {
    const fits = typeof value === "number" && Number.isFinite(value) === Number.isFinite(Math.fround(value));
    return told(fits, value, this, hook);
  }
}

/** Records are objects without members that are no fields. */
export class CheckedRecord extends avro.types.RecordType {
  /** Of avsc, which asks it with `noUndeclaredFields`, and takes arrays for records and "toString" for a field. */
  _checkFields(data: object): boolean {
    return !(Symbol.iterator in data) && undeclaredMembers(this, data).length === 0;
  }
}

/** What would not be written, though it is there. */
export function undeclaredMembers(type: avro.types.RecordType, data: unknown): string[] {
  if (typeof data !== "object" || data === null || Symbol.iterator in data) return [];
  const isField = (name: string) => type.fields.some((field) => field.name === name);
  return Object.entries(data).flatMap(([name, value]) => (value === undefined || isField(name) ? [] : [name]));
}

interface EnumResolver {
  symbols: (string | undefined)[] | null;
  _read: unknown;
}
type UpdateEnum = (resolver: EnumResolver, writer: object, options: unknown) => void;

const { _update: updateEnum } = avro.types.EnumType.prototype as avro.types.EnumType & { _update: UpdateEnum };

/**
 * Enums that are resolved by the symbol that was written. avsc refuses every value of a writer's enum that has a symbol
 * more, unless there is a default for it.
 *
 * @see https://avro.apache.org/docs/1.12.0/specification/#schema-resolution
 */
export class CheckedEnum extends avro.types.EnumType {
  declare readonly default?: string;

  /** avsc looks a symbol up in an object, in which "toString" and lists of one symbol are found, too. */
  _check(value: unknown, _flags?: unknown, hook?: Hook): boolean {
    return told(typeof value === "string" && this.symbols.includes(value), value, this, hook);
  }

  _update(resolver: EnumResolver, writer: avro.Type, options: unknown): void {
    if (!(writer instanceof avro.types.EnumType)) return;
    const known = writer.symbols.filter((symbol) => this.symbols.includes(symbol));
    if (known.length === 0 && this.default === undefined) return;
    updateEnum.call(this, resolver, { typeName: "enum", name: writer.name, symbols: known }, options);
    // Still none if the names differ.
    if (resolver.symbols === null) return;
    const symbols = writer.symbols.map((symbol) => (known.includes(symbol) ? symbol : this.default));
    resolver._read = (tap: Tap) => {
      const index = tap.readLong();
      return symbols[index] ?? refuse(this, symbolAt(writer, index));
    };
  }
}

function symbolAt(type: avro.types.EnumType, index: number): string {
  return type.symbols[index] ?? refuse(type, `the index ${index}`);
}

function refuse({ name, symbols }: avro.types.EnumType, got: string): never {
  throw new Error(`enum ${name}: must be one of ${symbols.join(", ")}, got ${got}`);
}

/** Maps are plain objects, whose members avsc writes, and their keys can be written as UTF-8. */
export class CheckedMap extends avro.types.MapType {
  _check(value: unknown, flags?: unknown, hook?: Hook, path: string[] = []): boolean {
    if (!isPlain(value)) return told(false, value, this, hook);
    const items = this.valuesType as avro.Type & { _check: Check };
    // Keys are data, and paths are shown.
    path.push("*");
    const wrong = Object.values(value).filter((item) => !items._check(item, flags, hook, path));
    path.pop();
    if (wrong.length > 0) return false;
    return told(
      Object.keys(value).every((key) => key.isWellFormed()),
      value,
      this,
      hook,
    );
  }
}

function isPlain(value: unknown): value is object {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function told(fits: boolean, value: unknown, type: avro.Type, hook: Hook | undefined): boolean {
  if (!fits) hook?.(value, type);
  return fits;
}
