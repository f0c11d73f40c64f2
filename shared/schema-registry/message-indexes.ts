import { BackboneError } from "../errors.ts";

// A varint of 32 bits has at most five bytes; the fifth holds the last four bits.
const maxVarintBytes = 5;

export interface MessageIndexes {
  /** Where the message stands in its .proto file: the index of the top-level message, then of each nested one. */
  readonly indexes: readonly number[];
  /** Offset of the first byte after them. */
  readonly end: number;
}

/**
 * Reads what stands between the head of the wire format and a Protobuf body: a count and as many indexes, each a zigzag
 * varint. The short form for the first message of a file, a single 0, is `[0]`.
 *
 * @throws BackboneError MALFORMED_PAYLOAD
 * @see https://docs.confluent.io/platform/current/schema-registry/fundamentals/serdes-develop/index.html#wire-format
 */
export function readMessageIndexes(value: Buffer, start: number): MessageIndexes {
  const count = readVarint(value, start);
  if (count.number === 0) return { indexes: [0], end: count.end };
  if (count.number > value.length - count.end) throw malformed(`${count.number} are announced, more than bytes left`);
  const indexes: number[] = [];
  let { end } = count;
  while (indexes.length < count.number) {
    const index = readVarint(value, end);
    indexes.push(index.number);
    end = index.end;
  }
  return { indexes, end };
}

/** Writes message indexes, `[0]` in its short form; each from 0 to 2^31 - 1. */
export function writeMessageIndexes(indexes: readonly number[]): Buffer {
  if (indexes.length === 1 && indexes[0] === 0) return Buffer.from([0]);
  return Buffer.from([indexes.length, ...indexes].flatMap(varintOf));
}

function readVarint(value: Buffer, start: number): { readonly number: number; readonly end: number } {
  let bits = 0;
  for (let length = 0; length < maxVarintBytes; length++) {
    const byte = value[start + length];
    if (byte === undefined) throw malformed("they end in the middle of a number");
    bits += (byte & 0x7f) * 2 ** (7 * length);
    if (byte < 0x80) {
      // Zigzag: an odd number is a negative one, and there is no negative count or index.
      if (bits % 2 === 1 || bits > 0xffffffff) throw malformed("one is not between 0 and 2^31 - 1");
      return { number: bits / 2, end: start + length + 1 };
    }
  }
  throw malformed(`one is longer than ${maxVarintBytes} bytes`);
}

function varintOf(number: number): number[] {
  const bytes: number[] = [];
  let bits = number * 2;
  for (; bits >= 0x80; bits = Math.floor(bits / 0x80)) bytes.push((bits % 0x80) + 0x80);
  return [...bytes, bits];
}

function malformed(what: string): BackboneError {
  return new BackboneError("MALFORMED_PAYLOAD", `message indexes of a protobuf value are malformed: ${what}`);
}
