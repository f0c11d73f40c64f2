import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { LocalFunction } from "../../../local/lambda/local-function.ts";
import { runOrders } from "../../../local/orders/run-orders.ts";
import { orderBody } from "../../integration/orders.ts";
import { killProcess } from "../../integration/processes.ts";
import { startTestBackbone, type TestBackbone, testStage } from "../../integration/running-backbone.ts";
import { randomNumbers } from "../random-numbers.ts";
import { report } from "../run/figures.ts";
import { seeds } from "../run/seeds.ts";

let backbone: TestBackbone;
let consumers: readonly LocalFunction[];

beforeAll(async () => {
  backbone = await startTestBackbone();
  consumers = backbone.mappings.map(({ definition }) => backbone.functions.get(definition.functionName));
});
afterAll(() => backbone?.stop());

const relay = `backbone-${testStage}-inventory-outbox`;
/** How lines about the relay begin. */
const ofRelay = "stream of";
const mostCrashes = 8;
/** Fewer than the retries of the stream's mapping: what that gives up waits a minute for the sweep. */
const mostCrashesOfRelay = 3;

test.each(seeds)("orders posted while consumers and relay are killed take effect once, seed %i", async (seed) => {
  const random = randomNumbers(seed);
  const pick = (below: number) => Math.floor(random() * below);
  const orders = Array.from({ length: 200 }, (_, index) => {
    const first = pick(10);
    return orderBody(`killed-${seed}-${index}`, [`K-${first}`, 1 + pick(3)], [`K-${first + 1 + pick(5)}`, 1]);
  });
  const crashesBefore = crashes();
  let isDone = false;
  const run = runOrders(backbone, { orders, repeat: 1, onSettled: () => {} }).finally(() => {
    isDone = true;
  });
  // A kill in the middle of an invocation is a crash; one between two is not.
  async function killSomeOf(victims: readonly LocalFunction[], everyMs: number, isEnough: () => boolean) {
    while (!isDone && !isEnough()) {
      await pause(random() * everyMs);
      const pids = victims.flatMap((victim) => victim.pids());
      const pid = pids[pick(pids.length)];
      if (pid !== undefined) killProcess(pid);
    }
  }
  const ofRelayBefore = crashes(ofRelay);
  await Promise.all([
    killSomeOf(consumers, 300, () => crashes() - crashesBefore >= mostCrashes),
    // Its invocations are short.
    killSomeOf([backbone.functions.get(relay)], 100, () => crashes(ofRelay) - ofRelayBefore >= mostCrashesOfRelay),
  ]);
  const { accepted, processed, deadLettered, lost, duplicated, failed, findings } = await run;

  const figures = { seed, crashes: crashes() - crashesBefore, records: accepted.length, lost, doubled: duplicated };
  report("orders and killed functions", {
    ...figures,
    ofRelay: crashes(ofRelay) - ofRelayBefore,
    processed,
    deadLettered,
  });
  expect({ lost, duplicated, failed, findings }).toEqual({ lost: 0, duplicated: 0, failed: [], findings: [] });
  expect({ processed, deadLettered }).toEqual({ processed: orders.length, deadLettered: 0 });
  // Otherwise the run has shown nothing.
  expect(figures.crashes).toBeGreaterThan(0);
  expect(crashes(ofRelay)).toBeGreaterThan(0);
});

/** Invocations that ended with the death of their process, so far, of all mappings or those that are told of so. */
function crashes(prefix = ""): number {
  return backbone.said.filter((line) => line.startsWith(prefix) && line.includes("Runtime.ExitError")).length;
}
