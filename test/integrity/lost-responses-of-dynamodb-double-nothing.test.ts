import { setTimeout as pause } from "node:timers/promises";
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

const mostLosses = 30;

test.each(seeds)("a commit whose answer is lost takes effect once, seed %i", async (seed) => {
  const random = randomNumbers(seed);
  const plan = planRecords({ random, events: 300, partitions: 4, keys: 16, skus: 4, poison: 4 });
  await stockUp(parts, plan);
  const proxy = await startTcpProxy(parts.dynamoDbPort);
  const start = () => startConsumer({ parts, proxies: { dynamodb: proxy }, maxAttempts: 1 });
  let isDone = false;
  const delivery = deliver({ plan, random: randomNumbers(seed), batchSize: 100, timeoutMs: 60_000, start }).finally(
    () => {
      isDone = true;
    },
  );
  let losses = 0;
  while (!isDone && losses < mostLosses) {
    const before = proxy.swallowedBytes();
    proxy.swallowResponses();
    await eventually("an answer is lost", async () => isDone || proxy.swallowedBytes() > before || undefined);
    if (proxy.swallowedBytes() > before) losses += 1;
    proxy.cut();
    await pause(random() * 30);
  }
  const { counts } = await delivery;
  await proxy.close();

  const { records, lost, doubled, disordered, deadLetterCopies, findings } = await audit(parts, plan);
  report("lost responses", { seed, losses, records, lost, doubled, disordered });
  expect({ lost, doubled, disordered, findings }).toEqual({ lost: 0, doubled: 0, disordered: 0, findings: [] });
  // The repetition of a commit that took effect is told from an event that comes again: nothing came again here.
  expect(counts).toMatchObject({ processed: plan.events.length, duplicate: 0, deadLettered: plan.poison.size });
  expect(deadLetterCopies).toBe(0);
  // Otherwise the run has shown nothing.
  expect(losses).toBeGreaterThan(5);
});
