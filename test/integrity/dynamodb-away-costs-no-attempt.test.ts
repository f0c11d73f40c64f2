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

const awayMs = 10_000;

test.each(seeds)("DynamoDB away for 10 s counts no attempt and makes no dead letter, seed %i", async (seed) => {
  const random = randomNumbers(seed);
  const plan = planRecords({ random, events: 200, partitions: 4, keys: 12, skus: 4, poison: 4 });
  await stockUp(parts, plan);
  const proxy = await startTcpProxy(parts.dynamoDbPort);
  // One attempt: were the outage counted as one, every record would be a dead letter.
  const start = () => startConsumer({ parts, proxies: { dynamodb: proxy }, maxAttempts: 1 });
  const delivery = deliver({ plan, random, batchSize: 100, timeoutMs: 4_000, start });
  await eventually("the consumer is at work", async () => (proxy.connections() > 0 ? true : undefined));
  proxy.goAway();
  const before = proxy.connections();
  await pause(awayMs);
  const refused = proxy.connections() - before;
  proxy.comeBack();
  const { counts, invocations } = await delivery;
  await proxy.close();

  const { records, lost, doubled, disordered, findings } = await audit(parts, plan);
  const figures = { seed, records, lost, doubled, disordered, invocations, refused, unfinished: counts.unfinished };
  report("DynamoDB away", figures);
  expect({ lost, doubled, disordered, findings }).toEqual({ lost: 0, doubled: 0, disordered: 0, findings: [] });
  // Otherwise the run has shown nothing.
  expect(refused).toBeGreaterThan(0);
  expect(counts.unfinished).toBeGreaterThan(0);
});
