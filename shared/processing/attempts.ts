import type { ClaimPolicy } from "./batch.ts";
import type { Deadline } from "./deadline.ts";
import type { DecodedRecord } from "./record.ts";
import { untilAnswered } from "./until-answered.ts";

/** Counts the attempts at a record that failed for its own sake, across invocations. */
export interface AttemptCounter {
  /** Adds one that failed. Resolves to how many they are now. */
  failed(now: Date): Promise<number>;
}

/**
 * A count is written when an attempt fails and read before the first in an invocation that does: a record that succeeds
 * costs nothing. It belongs to the record at its offset, so a redriven event starts anew.
 */
export function countAttempts(
  { source: { topic, partition, offset } }: DecodedRecord,
  { store, consumerGroup, ttlSeconds }: ClaimPolicy,
  deadline: Deadline,
): AttemptCounter {
  const key = { consumerGroup, topic, partition, offset };
  let attempts: number | undefined;
  return {
    async failed(now) {
      const before = attempts ?? (await untilAnswered(deadline, () => store.attemptsOf(key, deadline.signal)));
      const count = before + 1;
      const written = { ...key, attempts: count, countedAt: now, ttlSeconds };
      await untilAnswered(deadline, () => store.writeAttempts(written, deadline.signal));
      attempts = count;
      return count;
    },
  };
}
