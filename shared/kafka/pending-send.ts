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
export const maxBatchRecords = 1_000;

export interface BatchLimits {
  readonly maxBatchBytes: number;
  /** @default 1000 */
  readonly maxRecords?: number | undefined;
  /** Whose turn it is. */
  readonly isTaken: (send: PendingSend) => boolean;
}

/** Removes what goes out together, in its order: at least one record of those whose turn it is, else as many as fit. */
export function takeBatch(waiting: PendingSend[], limits: BatchLimits): PendingSend[] {
  const { maxBatchBytes, maxRecords = maxBatchRecords, isTaken } = limits;
  const batch: PendingSend[] = [];
  let bytes = 0;
  let looked = 0;
  let left = 0;
  for (const send of waiting) {
    if (!isTaken(send)) waiting[left++] = send;
    else {
      bytes += sizeOf(send.record);
      if (batch.length > 0 && (bytes > maxBatchBytes || batch.length === maxRecords)) break;
      batch.push(send);
    }
    looked += 1;
  }
  waiting.splice(left, looked - left);
  return batch;
}

// Lengths, attributes, timestamp and offset of a record, as varints: at most 36 bytes, in a batch of ours less.
// https://kafka.apache.org/43/implementation/message-format/
const framingBytes = 32;

/** Bytes that a record takes in a batch, nearly. */
export function sizeOf({ key, value, headers }: TopicRecord["record"]): number {
  const headerBytes = headers.reduce((sum, [name, bytes]) => sum + Buffer.byteLength(name) + bytes.length, 0);
  return framingBytes + (key?.length ?? 0) + (value?.length ?? 0) + headerBytes;
}
