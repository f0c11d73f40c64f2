import { afterEach, beforeEach, expect, test } from "vitest";
import { startConsumer } from "./consumer/consumer.ts";
import { randomNumbers } from "./random-numbers.ts";
import { audit, stockUp } from "./run/audit.ts";
import { deliver } from "./run/deliver.ts";
import { report } from "./run/figures.ts";
import { createTestParts, type TestParts } from "./run/parts.ts";
import { planRecords } from "./run/plan.ts";
import { seeds } from "./run/seeds.ts";

let parts: TestParts;

beforeEach(async () => {
  parts = await createTestParts();
});
afterEach(() => parts?.client.destroy());

test.each(seeds)("a batch that two consumers work at once takes effect once, seed %i", async (seed) => {
  const random = randomNumbers(seed);
  const plan = planRecords({ random, events: 240, partitions: 4, keys: 12, skus: 4, poison: 6, producedTwice: 8 });
  await stockUp(parts, plan);
  // The one that the mapping listens to, and the zombie: what that one answers changes nothing for the other. Each works
  // half of the partitions at a time, and they begin at the two ends: both come first somewhere, both second elsewhere.
  const backwards = { records: plan.records.toSorted((a, b) => b.partition - a.partition || a.offset - b.offset) };
  const consumers = [plan, backwards].map((batch) => ({ batch, consumer: startConsumer({ parts, concurrency: 2 }) }));
  await Promise.all(consumers.map(({ consumer }) => consumer.ready));
  const [heard, zombie] = await Promise.all(
    consumers.map(({ batch, consumer }, index) =>
      deliver({
        plan: batch,
        random: randomNumbers(seed + index),
        batchSize: 500,
        timeoutMs: 60_000,
        start: () => consumer,
      }),
    ),
  );

  const audited = await audit(parts, plan);
  const { records, lost, doubled, disordered, deadLetterCopies, findings } = audited;
  const processed = [heard?.counts.processed ?? 0, zombie?.counts.processed ?? 0] as const;
  const figures = {
    seed,
    records,
    lost,
    doubled,
    disordered,
    processedHere: processed[0],
    processedThere: processed[1],
  };
  report("delivered twice at once", figures);
  expect({ lost, doubled, disordered, findings }).toEqual({ lost: 0, doubled: 0, disordered: 0, findings: [] });
  // Each event was processed by one of the two, and known as a duplicate to the other.
  expect(processed[0] + processed[1]).toBe(plan.events.length);
  expect((heard?.counts.duplicate ?? 0) + (zombie?.counts.duplicate ?? 0)).toBeGreaterThanOrEqual(plan.events.length);
  expect((heard?.counts.deadLettered ?? 0) + (zombie?.counts.deadLettered ?? 0)).toBe(
    plan.poison.size + deadLetterCopies,
  );
  // Otherwise the run has shown nothing.
  expect(Math.min(...processed)).toBeGreaterThan(0);
});
