import type { TopicRecord } from "./kafka-client.ts";

/** A record that waits for its turn, and its caller. */
export interface PendingSend extends TopicRecord {
  /** Epoch milliseconds at which the caller's time budget ends. */
  readonly deadline: number;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

// A broker refuses more than 1 MiB a partition (message.max.bytes 1,048,588), framing included; all records of a batch
// may go to one partition, so this leaves 15 % for the framing.
const maxBatchBytes = 900_000;
const maxBatchRecords = 1_000;

/** Removes from the front what goes out together: at least one record, else as many as one request may hold. */
export function takeBatch(waiting: PendingSend[]): PendingSend[] {
  let bytes = 0;
  let count = 0;
  for (const { record } of waiting) {
    bytes += sizeOf(record);
    if (count > 0 && (bytes > maxBatchBytes || count === maxBatchRecords)) break;
    count += 1;
  }
  return waiting.splice(0, count);
}

function sizeOf({ key, value, headers }: TopicRecord["record"]): number {
  const headerBytes = headers.reduce((sum, [name, bytes]) => sum + Buffer.byteLength(name) + bytes.length, 0);
  return (key?.length ?? 0) + (value?.length ?? 0) + headerBytes;
}
