import { afterEach, beforeEach, expect, test } from "vitest";
import { eventually } from "../integration/running-backbone.ts";
import { startConsumer } from "./consumer/consumer.ts";
import { randomNumbers } from "./random-numbers.ts";
import { audit, stockUp } from "./run/audit.ts";
import { deliver } from "./run/deliver.ts";
import { report } from "./run/figures.ts";
import { createTestParts, type TestParts } from "./run/parts.ts";
import { planRecords } from "./run/plan.ts";
import { seeds } from "./run/seeds.ts";
import { startTcpProxy } from "./tcp-proxy.ts";

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
  const consumers = await Promise.all(
    [plan, backwards].map(async (batch) => {
      const proxy = await startTcpProxy(parts.dynamoDbPort);
      const consumer = startConsumer({ parts, concurrency: 2, proxies: { dynamodb: proxy } });
      return { batch, proxy, consumer, release: proxy.hold() };
    }),
  );
  await Promise.all(consumers.map(({ consumer }) => consumer.ready));
  const deliveries = Promise.all(
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

  // However late one of them gets the processor, its first call is on its way when the other's is.
  await eventually(
    "both are at work",
    async () => consumers.every(({ proxy }) => proxy.connections() > 0) || undefined,
  );
  for (const { release } of consumers) release();
  const [heard, zombie] = await deliveries;
  await Promise.all(consumers.map(({ proxy }) => proxy.close()));

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
