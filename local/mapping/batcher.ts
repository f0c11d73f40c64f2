import type { MskRecord } from "../../shared/msk-event/index.ts";

export interface BatcherOptions {
  /** Records a batch, at most. */
  readonly batchSize: number;
  /** Bytes of the JSON of a batch's records, at most. */
  readonly maxBytes: number;
  /** ms that the first record of a batch waits for more. */
  readonly windowMs: number;
  /** Handles one batch; a batch is over, and its records count as done, when this resolves. */
  readonly invoke: (records: readonly MskRecord[]) => Promise<void>;
}

/** Gathers records of several partitions into one batch; the first limit that is reached sends it. */
export interface Batcher {
  /**
   * Offers the next records of one partition, in order. Resolves, when the batch that took the first of them is over,
   * with how many it took (at least one). A partition offers again only then, so one invocation a partition is in flight.
   */
  offer(records: readonly MskRecord[]): Promise<number>;
}

interface OpenBatch {
  readonly records: MskRecord[];
  bytes: number;
  readonly timer: NodeJS.Timeout;
  readonly done: Promise<void>;
  readonly send: () => void;
}

export function createBatcher({ batchSize, maxBytes, windowMs, invoke }: BatcherOptions): Batcher {
  let open: OpenBatch | undefined;

  function begin(): OpenBatch {
    const records: MskRecord[] = [];
    const { promise: sent, resolve: send } = Promise.withResolvers<void>();
    const batch: OpenBatch = {
      records,
      bytes: 0,
      timer: setTimeout(() => close(batch), windowMs),
      done: sent.then(() => invoke(records)),
      send,
    };
    open = batch;
    return batch;
  }

  function close(batch: OpenBatch): void {
    clearTimeout(batch.timer);
    if (open === batch) open = undefined;
    batch.send();
  }

  return {
    async offer(records) {
      let taken = 0;
      let batch = open ?? begin();
      for (const record of records) {
        const bytes = JSON.stringify(record).length;
        if (batch.records.length > 0 && batch.bytes + bytes > maxBytes) {
          close(batch);
          if (taken > 0) break;
          batch = begin();
        }
        batch.records.push(record);
        batch.bytes += bytes;
        taken += 1;
        if (batch.records.length >= batchSize) {
          close(batch);
          break;
        }
      }
      await batch.done;
      return taken;
    },
  };
}
