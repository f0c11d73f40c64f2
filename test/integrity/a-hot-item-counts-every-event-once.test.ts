import { afterEach, beforeEach, expect, test } from "vitest";
import { startConsumer } from "./consumer/consumer.ts";
import { randomKills } from "./consumer/random-kills.ts";
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

test.each(seeds)("an item that every event changes is changed by each once, seed %i", async (seed) => {
  const random = randomNumbers(seed);
  const plan = planRecords({ random, events: 400, partitions: 8, keys: 80, skus: 1, producedTwice: 20 });
  await stockUp(parts, plan);
  // Two consumers, each with half of the partitions, as the mapping scales out; the first of each is killed.
  const halves = await Promise.all(
    [0, 1].map((half) => {
      const own = randomNumbers(seed + half);
      const killed = randomKills(own, 1);
      return deliver({
        plan: { records: plan.records.filter(({ partition }) => partition % 2 === half) },
        random: own,
        batchSize: 100,
        start: (number) => startConsumer({ parts, ...killed(number) }),
      });
    }),
  );

  const { records, lost, doubled, disordered, findings } = await audit(parts, plan);
  const crashes = halves.reduce((sum, half) => sum + half.crashes, 0);
  const processed = halves.map(({ counts }) => counts.processed);
  report("hot item", { seed, crashes, records, lost, doubled, disordered });
  expect({ lost, doubled, disordered, findings }).toEqual({ lost: 0, doubled: 0, disordered: 0, findings: [] });
  // Otherwise the run has shown nothing.
  expect(Math.min(...processed)).toBeGreaterThan(0);
});
