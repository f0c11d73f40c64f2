import type { TopicRecord } from "./kafka-client.ts";

/** A record that waits for its turn, and its caller. */
export interface PendingSend extends TopicRecord {
  /** Epoch milliseconds at which the caller's time budget ends. */
  readonly deadline: number;
  /** Whether it was sent before, so that it may be in the log. */
  attempted: boolean;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/**
 * A broker refuses more than 1 MiB a partition unless its topic says otherwise (message.max.bytes 1,048,588), and all
 * records of a batch may go to one partition; this leaves a tenth for the framing of headers.
 */
export const defaultMaxBatchBytes = 940_000;
const maxBatchRecords = 1_000;

/** Removes from the front what goes out together: at least one record, else as many as fit. */
export function takeBatch(waiting: PendingSend[], maxBatchBytes: number): PendingSend[] {
  let bytes = 0;
  let count = 0;
  for (const { record } of waiting) {
    bytes += sizeOf(record);
    if (count > 0 && (bytes > maxBatchBytes || count === maxBatchRecords)) break;
    count += 1;
  }
  return waiting.splice(0, count);
}

// Lengths, attributes, timestamp and offset of a record, as varints: at most 36 bytes, in a batch of ours less.
// https://kafka.apache.org/43/implementation/message-format/
const framingBytes = 32;

/** Bytes that a record takes in a batch, nearly. */
export function sizeOf({ key, value, headers }: TopicRecord["record"]): number {
  const headerBytes = headers.reduce((sum, [name, bytes]) => sum + Buffer.byteLength(name) + bytes.length, 0);
  return framingBytes + (key?.length ?? 0) + (value?.length ?? 0) + headerBytes;
}
