import avro from "avsc";

/** The part of avsc's reading position that reading blocks needs. */
interface Tap {
  readonly buf: Buffer;
  pos: number;
  readLong(): number;
  skipLong(): void;
  readString(): string;
  skipString(): void;
}

interface Readable {
  _read(tap: Tap): unknown;
  _skip(tap: Tap): void;
}

/**
 * Arrays and maps that do not trust their counts. avsc 5.7.9 reads as many items as a block announces, past the end of
 * the bytes, and only then looks whether they were there: five bytes of garbage that announce 2^31 items keep a function
 * busy until it is out of time or memory. Here a block may announce as many items as bytes are left, one byte being the
 * least that an item takes; arrays of items that take none (null, empty records) are refused with them.
 *
 * To be given to avsc as `typeHook`.
 *
 * @see https://avro.apache.org/docs/1.12.0/specification/#complex-types-1
 */
export function boundedType(schema: unknown, options: unknown): avro.Type | undefined {
  if (typeof schema !== "object" || schema === null || !("type" in schema)) return undefined;
  if (schema.type === "array") return new BoundedArray(schema as SchemaArgument, options);
  if (schema.type === "map") return new BoundedMap(schema as SchemaArgument, options);
  return undefined;
}

type SchemaArgument = ConstructorParameters<typeof avro.types.ArrayType>[0];

class BoundedArray extends avro.types.ArrayType {
  _read(tap: Tap): unknown[] {
    const items = readable(this.itemsType);
    const values: unknown[] = [];
    forEachItem(tap, () => values.push(items._read(tap)));
    return values;
  }

  _skip(tap: Tap): void {
    const items = readable(this.itemsType);
    forEachItem(tap, () => items._skip(tap));
  }
}

class BoundedMap extends avro.types.MapType {
  _read(tap: Tap): Record<string, unknown> {
    const items = readable(this.valuesType);
    // Without a prototype, so that a key "__proto__" is a key.
    const values: Record<string, unknown> = Object.create(null);
    forEachItem(tap, () => {
      const key = tap.readString();
      values[key] = items._read(tap);
    });
    return values;
  }

  _skip(tap: Tap): void {
    const items = readable(this.valuesType);
    forEachItem(tap, () => {
      tap.skipString();
      items._skip(tap);
    });
  }
}

/** Walks the blocks of an array or map: each a count and its items; a negative count is followed by the size in bytes. */
function forEachItem(tap: Tap, handle: () => void): void {
  for (let count = tap.readLong(); count !== 0; count = tap.readLong()) {
    if (count < 0) {
      count = -count;
      tap.skipLong();
    }
    if (count > tap.buf.length - tap.pos) throw new Error("a block announces more items than bytes are left");
    while (count-- > 0) handle();
  }
}

/** avsc's types carry reading and skipping as methods that its declarations leave out. */
function readable(type: avro.Type): Readable {
  return type as avro.Type & Readable;
}
