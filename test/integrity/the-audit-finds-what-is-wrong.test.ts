import { PutCommand } from "@aws-sdk/lib-dynamodb";
import { afterEach, beforeEach, expect, test } from "vitest";
import { initialStock, itemId } from "./consumer/decision.ts";
import { randomNumbers } from "./random-numbers.ts";
import { audit } from "./run/audit.ts";
import { createTestParts, type TestParts } from "./run/parts.ts";
import { type Plan, planRecords } from "./run/plan.ts";

// Not of the consumer, but of the other tests of this folder: their zeros are worth what this finds.

let parts: TestParts;
let plan: Plan;

beforeEach(async () => {
  parts = await createTestParts();
  plan = planRecords({ random: randomNumbers(1), events: 6, partitions: 1, keys: 1, skus: 1 });
});
afterEach(() => parts?.client.destroy());

/** Writes the effects of the events as if they had taken effect in this order. */
async function takeEffect(events: Plan["events"]): Promise<void> {
  const put = (Item: { id: string; [attribute: string]: unknown }) =>
    parts.client.send(new PutCommand({ TableName: parts.effectsTable, Item }));
  for (const [id, same] of Map.groupBy(events, (event) => event.id)) {
    await put({ id: itemId.event(id), applied: same.length });
    if (same[0]?.kind === "guarded") await put({ id: itemId.guard(id) });
  }
  const taken = events.reduce((sum, { quantity }) => sum + quantity, 0);
  await put({ id: itemId.sku("SKU-0"), remaining: initialStock - taken });
  await put({ id: itemId.key("K-0"), log: events.map(({ sequence }) => sequence) });
}

test.each([
  ["nothing where nothing is wrong", (events: Plan["events"]) => events, {}],
  ["an effect that is lost", (events: Plan["events"]) => events.slice(1), { lost: 1 }],
  ["an effect that is doubled", (events: Plan["events"]) => [...events, ...events.slice(-1)], { doubled: 1 }],
  ["effects in another order", (events: Plan["events"]) => events.toReversed(), { disordered: 5 }],
])("the audit finds %s", async (_, change, wrong) => {
  await takeEffect(change(plan.events));
  const { lost, doubled, disordered, findings } = await audit(parts, plan);
  expect({ lost, doubled, disordered }).toEqual({ lost: 0, doubled: 0, disordered: 0, ...wrong });
  expect(findings.length > 0).toBe(Object.keys(wrong).length > 0);
});

test("the audit finds poison without a dead letter", async () => {
  const poisoned = planRecords({ random: randomNumbers(1), events: 0, partitions: 1, keys: 1, skus: 1, poison: 2 });
  expect(await audit(parts, poisoned)).toMatchObject({ records: 2, lost: 2 });
});
