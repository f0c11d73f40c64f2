import { afterEach, beforeEach, expect, test } from "vitest";
import { startConsumer } from "./consumer/consumer.ts";
import { randomKills } from "./consumer/random-kills.ts";
import { startFaultyDynamoDb } from "./faulty-dynamodb.ts";
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

test.each(seeds)("the records of one key take effect in their order, whatever comes between, seed %i", async (seed) => {
  const random = randomNumbers(seed);
  const plan = planRecords({ random, events: 200, partitions: 1, keys: 1, skus: 3, poison: 3, producedTwice: 10 });
  await stockUp(parts, plan);
  const faulty = await startFaultyDynamoDb({ dynamoDbPort: parts.dynamoDbPort, share: 0.05, random });
  const killed = randomKills(random, 2);
  const { counts, crashes, invocations } = await deliver({
    plan,
    random,
    batchSize: 80,
    // Too little time for a batch, and schemas that are away: invocations end in the middle of the key, and records that
    // have to wait stand before others that could go on.
    timeoutMs: 600,
    start: (number) =>
      startConsumer({
        parts,
        dynamoDbPort: faulty.port,
        marginMs: 300,
        registryAway: { share: 0.03, seed: seed + number },
        ...killed(number),
      }),
  });
  await faulty.close();

  const { records, lost, doubled, disordered, findings } = await audit(parts, plan);
  const { unfinished } = counts;
  report("hot key", { seed, crashes, records, lost, doubled, disordered, invocations, unfinished });
  expect({ lost, doubled, disordered, findings }).toEqual({ lost: 0, doubled: 0, disordered: 0, findings: [] });
  // Otherwise the run has shown nothing.
  expect(unfinished).toBeGreaterThan(0);
  expect(crashes).toBeGreaterThan(0);
});
