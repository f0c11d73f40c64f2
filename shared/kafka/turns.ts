import { maxBatchRecords, type PendingSend, takeBatch } from "./pending-send.ts";

/** Whose turn it is: which of the records that wait go out together. */
export interface Turns {
  /** Removes what goes out next, in the order in which it waits; at least one record of those that wait. */
  take(waiting: PendingSend[], maxBatchBytes: number): PendingSend[];
  acknowledged(batch: readonly PendingSend[]): void;
  /** @param limit how many records of it may go out together, where it was of one topic. @default as many as did */
  failed(batch: readonly PendingSend[], limit?: number): void;
}

/**
 * Topics go out together once each has acknowledged something on its own, and alone again after a failure, because a
 * broker's refusal is of a whole request and names no topic. So a topic that is missing, or may not be written to, takes
 * no other with it. It may take seconds to fail: every other turn is of those that go together, and those alone take
 * turns.
 *
 * A topic that refuses some of its records takes fewer at once, twice as many after each acknowledgement.
 */
export function createTurns(): Turns {
  const together = new Set<string>();
  /** Of topics that take fewer at once. */
  const limits = new Map<string, number>();
  /** Topics that had a turn alone, the latest last. */
  const hadTurn = new Set<string>();
  let wasTogether = false;

  function nextAlone(waiting: readonly PendingSend[]): string | undefined {
    if (!wasTogether && waiting.some(({ topic }) => together.has(topic))) return undefined;
    const alone = new Set([...topicsOf(waiting)].filter((topic) => !together.has(topic)));
    return [...alone].find((topic) => !hadTurn.has(topic)) ?? [...hadTurn].find((topic) => alone.has(topic));
  }

  return {
    take(waiting, maxBatchBytes) {
      const alone = nextAlone(waiting);
      wasTogether = alone === undefined;
      if (alone === undefined)
        return takeBatch(waiting, { maxBatchBytes, isTaken: ({ topic }) => together.has(topic) });
      hadTurn.delete(alone);
      hadTurn.add(alone);
      const maxRecords = limits.get(alone);
      return takeBatch(waiting, { maxBatchBytes, maxRecords, isTaken: ({ topic }) => topic === alone });
    },
    acknowledged(batch) {
      for (const topic of topicsOf(batch)) {
        const limit = 2 * (limits.get(topic) ?? maxBatchRecords);
        if (limit <= maxBatchRecords) limits.set(topic, limit);
        else {
          limits.delete(topic);
          hadTurn.delete(topic);
          together.add(topic);
        }
      }
    },
    failed(batch, limit) {
      const topics = topicsOf(batch);
      for (const topic of topics) {
        together.delete(topic);
        if (limit !== undefined && topics.size === 1) limits.set(topic, limit);
      }
    },
  };
}

export function topicsOf(batch: readonly PendingSend[]): Set<string> {
  return new Set(batch.map(({ topic }) => topic));
}
