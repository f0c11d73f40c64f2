import { afterEach, beforeEach, expect, test } from "vitest";
import { startConsumer } from "./consumer/consumer.ts";
import type { CrashPoint } from "./consumer/messages.ts";
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

/** Commits of the engine are leases (the first) and claims; what runs between them is the handler. */
const points: readonly (readonly [what: string, at: CrashPoint, call: number, runAgain: readonly boolean[]])[] = [
  ["before it has a lease", "between decision and commit", 1, [false]],
  ["before it runs", "after the commit, before the response", 1, [false]],
  ["after it has run, before the claim", "between decision and commit", 2, [true]],
  // Those of other keys may be running then.
  ["after the claim", "after the commit, before the response", 2, [false, true]],
];

test.each(seeds.flatMap((seed) => points.map(([what, at, call, runAgain]) => ({ seed, what, at, call, runAgain }))))(
  "a handler with effects outside, killed $what, loses none and keeps the order, seed $seed",
  async ({ seed, what, at, call, runAgain }) => {
    const random = randomNumbers(seed);
    const keys = 6;
    const plan = planRecords({ random, events: 36, partitions: 3, keys, skus: 3, kinds: ["plain"] });
    await stockUp(parts, plan);
    const { crashes } = await deliver({
      plan,
      random,
      batchSize: 24,
      // The lease of a run that died lasts as long as its invocation could have.
      timeoutMs: 8_000,
      start(number) {
        if (number === 0) return startConsumer({ parts, external: true, crash: { at, call } });
        const next = startConsumer({ parts, external: true });
        // Time to wait for that and to work: a run that the end of its invocation cuts off comes again, too.
        return { ...next, invoke: (event) => next.invoke(event, 60_000) };
      },
    });

    const { records, lost, doubled, disordered } = await audit(parts, plan);
    report(`effects outside, killed ${what}`, { seed, crashes, records, lost, disordered, runAgain: doubled });
    expect({ crashes, lost, disordered }).toEqual({ crashes: 1, lost: 0, disordered: 0 });
    // At most one record of each key was running when the process died.
    expect(doubled).toBeLessThanOrEqual(keys);
    expect(runAgain).toContain(doubled > 0);
  },
);
