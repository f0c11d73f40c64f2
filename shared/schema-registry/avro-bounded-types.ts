import avro from "avsc";
import { CheckedMap, readText } from "./avro-checked-types.ts";
import type { Tap } from "./avro-tap.ts";

interface Readable {
  _read(tap: Tap): unknown;
  _skip(tap: Tap): void;
}

// Arrays and maps that do not trust their counts. avsc 5.7.9 reads as many items as a block announces, past the end of
// the bytes, and only then looks whether they were there: five bytes of garbage that announce 2^31 items keep a function
// busy until it is out of time or memory. Here a block may announce as many items as bytes are left, and has to take a
// byte for each; arrays of items that take none (null, empty records) are refused with that.
//
// https://avro.apache.org/docs/1.12.0/specification/#complex-types-1

export class BoundedArray extends avro.types.ArrayType {
  // Written out rather than with a function for each item: this is the inner loop of reading a record.
  _read(tap: Tap): unknown[] {
    const items = readable(this.itemsType);
    const values: unknown[] = [];
    for (let count = blockSize(tap); count !== 0; count = blockSize(tap)) {
      const start = tap.pos;
      for (let left = count; left > 0; left--) values.push(items._read(tap));
      checkTaken(tap, start, count);
    }
    return values;
  }

  _skip(tap: Tap): void {
    const items = readable(this.itemsType);
    for (let count = blockSize(tap); count !== 0; count = blockSize(tap)) {
      const start = tap.pos;
      for (let left = count; left > 0; left--) items._skip(tap);
      checkTaken(tap, start, count);
    }
  }
}

// A key takes a byte at least, so that each item of a map does.
export class BoundedMap extends CheckedMap {
  _read(tap: Tap): Record<string, unknown> {
    const items = readable(this.valuesType);
    // Without a prototype, so that a key "__proto__" is a key.
    const values: Record<string, unknown> = Object.create(null);
    for (let count = blockSize(tap); count !== 0; count = blockSize(tap)) {
      for (let left = count; left > 0; left--) {
        const key = readText(tap);
        values[key ?? ""] = items._read(tap);
      }
    }
    return values;
  }

  _skip(tap: Tap): void {
    const items = readable(this.valuesType);
    for (let count = blockSize(tap); count !== 0; count = blockSize(tap)) {
      for (let left = count; left > 0; left--) {
        tap.skipString();
        items._skip(tap);
      }
    }
  }
}

/** The items of the next block of an array or map, 0 after the last; a negative count is followed by a size in bytes. */
function blockSize(tap: Tap): number {
  let count = tap.readLong();
  if (count < 0) {
    count = -count;
    tap.skipLong();
  }
  // Said the other way round, so that the NaN of an endless number is refused too.
  if (count !== 0 && !(count <= tap.buf.length - tap.pos)) {
    throw new Error("a block announces more items than bytes are left");
  }
  return count;
}

function checkTaken(tap: Tap, start: number, count: number): void {
  if (tap.pos - start < count) throw new Error("a block has items that take no bytes");
}

/** avsc's types carry reading and skipping as methods that its declarations leave out. */
function readable(type: avro.Type): Readable {
  return type as avro.Type & Readable;
}
