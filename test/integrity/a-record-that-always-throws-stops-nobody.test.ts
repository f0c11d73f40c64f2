import { afterEach, beforeEach, expect, test } from "vitest";
import { deadLetterHeaders } from "../../shared/dead-letter/index.ts";
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
  "one record that always throws is one dead letter among 1,000 that are processed, seed %i",
  async (seed) => {
    const random = randomNumbers(seed);
    const poisonKinds = ["throws"] as const;
    const plan = planRecords({ random, events: 1_000, partitions: 8, keys: 100, skus: 20, poison: 1, poisonKinds });
    await stockUp(parts, plan);
    const start = () => startConsumer({ parts, maxAttempts: 3 });
    const { counts, invocations } = await deliver({ plan, random, batchSize: 1_200, timeoutMs: 60_000, start });

    const audited = await audit(parts, plan);
    const { records, lost, doubled, disordered, deadLetterCopies, findings } = audited;
    report("one that always throws", { seed, records, lost, doubled, disordered, invocations, ...counts });
    expect({ lost, doubled, disordered, findings }).toEqual({ lost: 0, doubled: 0, disordered: 0, findings: [] });
    expect(counts).toMatchObject({ processed: 1_000, duplicate: 0, deadLettered: 1 });
    const [letter] = audited.deadLetters.values();
    expect(letter).toMatchObject({
      [deadLetterHeaders.errorCode]: "HANDLER_FAILED",
      [deadLetterHeaders.attempts]: "3",
    });
    expect(deadLetterCopies).toBe(0);
  },
);
