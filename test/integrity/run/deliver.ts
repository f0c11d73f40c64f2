import { setTimeout as pause } from "node:timers/promises";
import { toMskEvent } from "../../../local/mapping/msk-event.ts";
import { failedRecords } from "../../../local/mapping/partial-batch-response.ts";
import type { MskRecord } from "../../../shared/msk-event/index.ts";
import type { Consumer } from "../consumer/consumer.ts";
import type { Counts } from "../consumer/messages.ts";
import type { Plan } from "./plan.ts";

export interface DeliverOptions {
  readonly plan: Pick<Plan, "records">;
  readonly random: () => number;
  /** Starts a consumer process; `number` is how many were started before it. */
  readonly start: (number: number) => Consumer;
  /** Records of an invocation, shared evenly among the partitions. */
  readonly batchSize: number;
  /** Time that an invocation has. @default 20000 */
  readonly timeoutMs?: number;
}

/** What the event source mapping saw. */
export interface Delivered {
  readonly invocations: number;
  /** Invocations that ended with the death of their process. */
  readonly crashes: number;
  /** Sums over the invocations that answered. */
  readonly counts: Counts;
}

const giveUpAfterMs = 60_000;
const none: Counts = { received: 0, processed: 0, duplicate: 0, deadLettered: 0, unfinished: 0 };

/**
 * Plays the event source mapping: hands the records of every partition over in their order, and no newer batch before
 * the older one is done. After a crash the whole batch comes again. After a partial batch response what is reported as
 * failed comes again, alone or with all that follows it in its partition: AWS documents both readings, so a seeded
 * number chooses.
 *
 * @throws Error when an invocation's four counts do not add up to what it was given, or a batch makes no progress
 */
export async function deliver(options: DeliverOptions): Promise<Delivered> {
  const { plan, random, start, batchSize, timeoutMs = 20_000 } = options;
  const partitions = [...Map.groupBy(plan.records, ({ partition }) => partition).values()];
  const share = Math.ceil(batchSize / partitions.length);
  const longest = Math.max(...partitions.map(({ length }) => length));
  let consumer: Consumer | undefined;
  let [started, invocations, crashes] = [0, 0, 0];
  let counts = none;
  try {
    for (let from = 0; from < longest; from += share) {
      let unfinished: readonly MskRecord[] = partitions.flatMap((records) => records.slice(from, from + share));
      let giveUpAt = Date.now() + giveUpAfterMs;
      while (unfinished.length > 0) {
        consumer ??= start(started++);
        invocations += 1;
        const outcome = await consumer.invoke(toMskEvent("arn:aws:kafka:local", "127.0.0.1:1", unfinished), timeoutMs);
        const before = unfinished.length;
        let why: readonly string[] = [];
        switch (outcome.type) {
          case "crashed":
            crashes += 1;
            giveUpAt = Date.now() + giveUpAfterMs;
            consumer = undefined;
            break;
          case "failed":
            why = [outcome.error];
            break;
          case "answered": {
            const failed = failedRecords(unfinished, outcome.response);
            checkCounts(outcome.counts, unfinished.length, failed.length);
            counts = sumOf(counts, outcome.counts);
            unfinished = comingAgain(unfinished, failed, random);
            why = outcome.reasons;
          }
        }
        if (unfinished.length < before) giveUpAt = Date.now() + giveUpAfterMs;
        if (Date.now() > giveUpAt) throw new Error(`${unfinished.length} records make no progress: ${why.join("; ")}`);
        if (why.length > 0) await pause(random() * 50);
      }
    }
    return { invocations, crashes, counts };
  } finally {
    await consumer?.stop();
  }
}

function checkCounts(
  { received, processed, duplicate, deadLettered, unfinished }: Counts,
  given: number,
  failed: number,
) {
  if (received !== given || processed + duplicate + deadLettered + unfinished !== received || unfinished !== failed) {
    throw new Error(
      `the counts do not add up: ${given} given, ${received} received, ${processed} processed, ${duplicate} duplicate, ` +
        `${deadLettered} dead-lettered, ${unfinished} unfinished, ${failed} reported as failed`,
    );
  }
}

function comingAgain(batch: readonly MskRecord[], failed: readonly MskRecord[], random: () => number) {
  if (random() < 0.5) return failed;
  const first = new Map<number, number>();
  for (const { partition, offset } of failed) first.set(partition, Math.min(offset, first.get(partition) ?? offset));
  return batch.filter(({ partition, offset }) => offset >= (first.get(partition) ?? Number.POSITIVE_INFINITY));
}

function sumOf(a: Counts, b: Counts): Counts {
  return {
    received: a.received + b.received,
    processed: a.processed + b.processed,
    duplicate: a.duplicate + b.duplicate,
    deadLettered: a.deadLettered + b.deadLettered,
    unfinished: a.unfinished + b.unfinished,
  };
}
