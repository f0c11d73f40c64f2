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

/** Consumers of a round that are killed; the next one is left alone. */
const kills = 7;

test.each(seeds)("consumers killed at random times lose and double nothing, seed %i", async (seed) => {
  const random = randomNumbers(seed);
  const plan = planRecords({ random, events: 300, partitions: 4, keys: 12, skus: 4, poison: 6, producedTwice: 10 });
  await stockUp(parts, plan);
  const killed = randomKills(random, kills);
  const delivered = await deliver({
    plan,
    random,
    batchSize: 80,
    start: (number) => startConsumer({ parts, ...killed(number) }),
  });

  const audited = await audit(parts, plan);
  const { crashes, invocations, counts } = delivered;
  const { records, lost, doubled, disordered, deadLetterCopies, findings } = audited;
  const unreported = plan.events.length - counts.processed;
  const figures = { seed, crashes, invocations, records, lost, doubled, disordered, unreported, deadLetterCopies };
  report("killed at random times", figures);
  expect({ lost, doubled, disordered, findings }).toEqual({ lost: 0, doubled: 0, disordered: 0, findings: [] });
  expect(counts.duplicate).toBeGreaterThanOrEqual(unreported);
  // Otherwise the run has shown nothing.
  expect(crashes).toBeGreaterThan(0);
});
