import type { SchemaMetadata } from "./msk-event.ts";
import type { RecordHeaders, SourceRecord, TimestampType } from "./source-record.ts";

/** Headers as Lambda sends them: one object a header, bytes signed, a null value like an empty one. Not yet checked. */
export type SignedHeaders = readonly Readonly<Record<string, readonly number[] | null>>[];

/**
 * A record of an MSK event. Its headers stay the arrays that they came as: they are needed as bytes only when the record
 * is sent on, and making them costs more than all the rest of decoding.
 */
export class MskSourceRecord implements SourceRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly timestampMs: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly signedHeaders: SignedHeaders;
  readonly valueSchema: SchemaMetadata | undefined;
  readonly timestampType: TimestampType | undefined;
  readonly keySchema: SchemaMetadata | undefined;
  #headers: RecordHeaders | undefined;

  constructor(
    topic: string,
    partition: number,
    offset: number,
    timestampMs: number,
    key: Buffer | null,
    value: Buffer | null,
    signedHeaders: SignedHeaders,
    valueSchema: SchemaMetadata | undefined,
    timestampType: TimestampType | undefined,
    keySchema?: SchemaMetadata | undefined,
  ) {
    this.topic = topic;
    this.partition = partition;
    this.offset = offset;
    this.timestampMs = timestampMs;
    this.key = key;
    this.value = value;
    this.signedHeaders = signedHeaders;
    this.valueSchema = valueSchema;
    this.timestampType = timestampType;
    this.keySchema = keySchema;
  }

  get headers(): RecordHeaders {
    this.#headers ??= this.signedHeaders.flatMap((header) =>
      Object.entries(header ?? {}).map(([name, bytes]) => [name, unsigned(bytes)] as const),
    );
    return this.#headers;
  }
}

/**
 * Never used, but kept: V8 forgets a hidden class of which no object is left, and with it the code that it has optimized
 * for it. Else the first batch after a garbage collection would be decoded at a fraction of the speed. The values say what
 * the fields hold.
 */
export const keptAlive: SourceRecord = new MskSourceRecord(
  "topic",
  0,
  0,
  Date.now() + 0.5,
  Buffer.alloc(0),
  Buffer.alloc(0),
  [],
  undefined,
  "CREATE_TIME",
);

/**
 * The bytes of the first header of that name; undefined if there is none. Cheaper than a search of `headers`, which it
 * does not make.
 */
export function headerOf(record: SourceRecord, name: string): Buffer | undefined {
  if (!(record instanceof MskSourceRecord)) return record.headers.find(([headerName]) => headerName === name)?.[1];
  for (const header of record.signedHeaders) {
    if (header && Object.hasOwn(header, name)) return unsigned(header[name]);
  }
  return undefined;
}

/** Never fails: what is no list of numbers did not come from Kafka, and is empty. */
function unsigned(bytes: unknown): Buffer {
  const isList = Array.isArray(bytes) && bytes.every((byte) => typeof byte === "number");
  // Buffer.from keeps the low eight bits of each number: -61 becomes 0xc3.
  return Buffer.from(isList ? bytes : []);
}
