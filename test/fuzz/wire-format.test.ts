import fc from "fast-check";
import { expect, test } from "vitest";
import { BackboneError } from "../../shared/errors.ts";
import {
  readMessageIndexes,
  readSchemaId,
  wireFormatHeadBytes,
  writeMessageIndexes,
  writeWireFormat,
} from "../../shared/schema-registry/index.ts";

const numRuns = 10_000;
const bytes = fc.uint8Array({ maxLength: 64 }).map((array) => Buffer.from(array));
const schemaId = fc.integer({ min: 0, max: 2 ** 31 - 1 });
const index = fc.oneof(fc.nat({ max: 3 }), fc.nat({ max: 2 ** 31 - 1 }));

function ofFamily<T>(read: () => T): T | BackboneError {
  try {
    return read();
  } catch (error) {
    if (error instanceof BackboneError && error.code === "MALFORMED_PAYLOAD") return error;
    throw error;
  }
}

test("any bytes have a schema id or are MALFORMED_PAYLOAD", () => {
  fc.assert(
    fc.property(bytes, (value) => {
      const id = ofFamily(() => readSchemaId(value));
      if (id instanceof BackboneError) return;
      expect(writeWireFormat(id, value.subarray(wireFormatHeadBytes))).toEqual(value);
    }),
    { numRuns },
  );
});

test("every schema id and body come back", () => {
  fc.assert(
    fc.property(schemaId, bytes, (id, body) => {
      const value = writeWireFormat(id, body);
      expect(readSchemaId(value)).toBe(id);
      expect(value.subarray(wireFormatHeadBytes)).toEqual(body);
    }),
    { numRuns },
  );
});

test("any bytes have message indexes within them or are MALFORMED_PAYLOAD", () => {
  fc.assert(
    fc.property(bytes, fc.nat({ max: 64 }), (value, start) => {
      const read = ofFamily(() => readMessageIndexes(value, start));
      if (read instanceof BackboneError) return;
      expect(read.end).toBeGreaterThan(start);
      expect(read.end).toBeLessThanOrEqual(value.length);
      for (const number of read.indexes) expect(number >= 0 && number < 2 ** 31).toBe(true);
    }),
    { numRuns },
  );
});

test("all message indexes come back", () => {
  fc.assert(
    fc.property(fc.array(index, { minLength: 1, maxLength: 8 }), bytes, (indexes, body) => {
      const head = writeMessageIndexes(indexes);
      expect(readMessageIndexes(Buffer.concat([head, body]), 0)).toEqual({ indexes, end: head.length });
    }),
    { numRuns },
  );
});
