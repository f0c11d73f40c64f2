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
import { startTcpProxy, type TcpProxy } from "./tcp-proxy.ts";

/** What a kill at the point leaves behind: an effect whose invocation never said so, a dead letter that is sent again. */
type Trace = "nothing" | "effect" | "dead letter";

const points: readonly (readonly [CrashPoint, Trace])[] = [
  ["before the decision", "nothing"],
  ["between decision and commit", "nothing"],
  ["commit sent, its answer not read", "effect"],
  ["after the commit, before the response", "effect"],
  ["after all commits, before the response", "effect"],
  ["before the dead letter is sent", "nothing"],
  ["dead letter sent, its acknowledgement not read", "dead letter"],
  ["after the dead letter, before the response", "dead letter"],
];

// Without the kind whose commit is refused: the commit that is killed has to be one that takes effect.
const poisonKinds = ["throws", "malformed"] as const;

let parts: TestParts;
let proxies: { readonly dynamodb: TcpProxy; readonly broker: TcpProxy };

beforeEach(async () => {
  parts = await createTestParts();
  const [dynamodb, broker] = await Promise.all([startTcpProxy(parts.dynamoDbPort), startTcpProxy(parts.brokerPort)]);
  proxies = { dynamodb, broker };
});
afterEach(async () => {
  parts?.client.destroy();
  await Promise.all([proxies.dynamodb.close(), proxies.broker.close()]);
});

test.each(seeds.flatMap((seed) => points.map(([at, trace]) => ({ seed, at, trace }))))(
  "a consumer killed $at loses and doubles nothing, seed $seed",
  async ({ seed, at, trace }) => {
    const random = randomNumbers(seed);
    const plan = planRecords({ random, events: 36, partitions: 3, keys: 6, skus: 3, poison: 6, poisonKinds });
    await stockUp(parts, plan);
    // The first dead letter opens the connection: before that there is no acknowledgement that could be lost.
    const call = at === "after all commits, before the response" ? 1 : 2;
    const delivered = await deliver({
      plan,
      random,
      batchSize: 24,
      start: (number) =>
        startConsumer({
          parts,
          proxies,
          // Commits are shared by many records. Dead letters one at a time: then the only acknowledgement under way is
          // the one that is lost.
          ...(trace === "dead letter" && { concurrency: 1 }),
          ...(number === 0 && { crash: { at, call } }),
        }),
    });

    const audited = await audit(parts, plan);
    const { crashes, counts } = delivered;
    const { records, lost, doubled, disordered, deadLetterCopies, findings } = audited;
    const unreported = plan.events.length - counts.processed;
    report(`killed ${at}`, { seed, crashes, records, lost, doubled, disordered, unreported, deadLetterCopies });
    expect({ lost, doubled, disordered, findings }).toEqual({ lost: 0, doubled: 0, disordered: 0, findings: [] });
    // Otherwise the run has shown nothing.
    expect(crashes).toBe(1);
    if (trace === "effect") expect(unreported).toBeGreaterThanOrEqual(call);
    // The one that was killed with: the one before it was noted down.
    if (trace === "dead letter") expect(deadLetterCopies).toBe(1);
    // What was committed in the invocation that died was recognised by its claim.
    expect(counts.duplicate).toBeGreaterThanOrEqual(unreported);
  },
);
