import { createHash } from "node:crypto";
import type { Failures } from "../idempotency/index.ts";
import type { SourceRecord } from "../msk-event/index.ts";
import type { ClaimPolicy } from "./batch.ts";
import type { Deadline } from "./deadline.ts";
import type { DecodedRecord } from "./record.ts";
import { untilAnswered } from "./until-answered.ts";

/** What is noted down of a record that failed for its own sake, across invocations. */
export interface FailureNotes {
  /** Adds an attempt that failed. Resolves to how many they are now. */
  failed(now: Date): Promise<number>;
  /** Whether its dead letter was acknowledged before. */
  isDeadLettered(): Promise<boolean>;
  /** Notes down that it is acknowledged. */
  deadLettered(attempts: number, now: Date): Promise<void>;
}

/**
 * The notes are read once in an invocation, when the record has failed in it: one that succeeds costs nothing. They belong
 * to the record at its offset, so a redriven event starts anew.
 */
export function failureNotes(
  { source }: DecodedRecord,
  { store, consumerGroup, ttlSeconds }: ClaimPolicy,
  deadline: Deadline,
): FailureNotes {
  const { topic, partition, offset } = source;
  const key = { consumerGroup, topic, partition, offset };
  let known: Failures | undefined;

  async function read(): Promise<Failures> {
    if (known) return known;
    const found = await untilAnswered(deadline, () => store.failuresOf(key, deadline.signal));
    // A topic that is made anew under its name has another record at the place: passed by, it would be lost.
    const isOfAnother = found.deadLettered !== undefined && found.deadLettered !== fingerprintOf(source);
    known = isOfAnother ? { attempts: 0 } : found;
    return known;
  }

  async function write(failures: Failures, notedAt: Date): Promise<void> {
    const written = { ...key, ...failures, notedAt, ttlSeconds };
    await untilAnswered(deadline, () => store.writeFailures(written, deadline.signal));
    known = failures;
  }

  return {
    async failed(now) {
      const before = await read();
      const attempts = before.attempts + 1;
      await write({ ...before, attempts }, now);
      return attempts;
    },
    isDeadLettered: async () => (await read()).deadLettered !== undefined,
    deadLettered: (attempts, now) => write({ attempts, deadLettered: fingerprintOf(source) }, now),
  };
}

/** The same for the same record, however often it comes. */
function fingerprintOf({ timestampMs, key, value, headers }: SourceRecord): string {
  const base64 = (bytes: Buffer | null) => bytes?.toString("base64") ?? null;
  const texts = [timestampMs, base64(key), base64(value), headers.map(([name, bytes]) => [name, base64(bytes)])];
  return createHash("sha256").update(JSON.stringify(texts)).digest("base64");
}
