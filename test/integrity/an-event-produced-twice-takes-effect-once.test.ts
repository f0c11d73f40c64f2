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

test.each(seeds)(
  "an event at several offsets, or delivered again from the first, takes effect once, seed %i",
  async (seed) => {
    const random = randomNumbers(seed);
    const plan = planRecords({ random, events: 150, partitions: 3, keys: 9, skus: 3, producedTwice: 60 });
    await stockUp(parts, plan);
    const start = () => startConsumer({ parts });
    // Small batches and a large one: the second record of an event comes within its invocation and in a later one.
    const first = await deliver({ plan, random, batchSize: 30, timeoutMs: 60_000, start });
    const again = await deliver({ plan, random, batchSize: 300, timeoutMs: 60_000, start });

    const { records, lost, doubled, disordered, findings } = await audit(parts, plan);
    const figures = { seed, records, lost, doubled, disordered, duplicates: first.counts.duplicate };
    report("produced twice", { ...figures, duplicatesAgain: again.counts.duplicate });
    expect({ lost, doubled, disordered, findings }).toEqual({ lost: 0, doubled: 0, disordered: 0, findings: [] });
    expect(first.counts).toMatchObject({
      processed: plan.events.length,
      duplicate: plan.producedTwice,
      deadLettered: 0,
    });
    expect(again.counts).toMatchObject({ processed: 0, duplicate: records, deadLettered: 0 });
  },
);
