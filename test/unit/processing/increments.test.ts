import fc from "fast-check";
import { expect, test } from "vitest";
import { mergeIncrements } from "../../../shared/processing/increments.ts";
import type { Increment } from "../../../shared/processing/index.ts";
import { MemoryStore } from "../../../shared/testing/index.ts";

const increment = fc.record({
  table: fc.constant("stock"),
  key: fc.constant({ sku: "x" }),
  attribute: fc.constantFrom("remaining", "reserved"),
  by: fc.integer({ min: -20, max: 20 }).filter((by) => by !== 0),
  atLeast: fc.option(fc.integer({ min: -5, max: 5 }), { nil: undefined }),
});

/** One after the other, all or none. */
function oneByOne(item: Record<string, number>, increments: readonly Increment[]): Record<string, number> | undefined {
  const after = { ...item };
  for (const { attribute, by, atLeast } of increments) {
    const next = (after[attribute] ?? 0) + by;
    if (atLeast !== undefined && next < atLeast) return undefined;
    after[attribute] = next;
  }
  return after;
}

test("merged increments do what they do one by one, or fail when one of them would", async () => {
  const item = fc.record({ remaining: fc.integer({ min: 0, max: 40 }), reserved: fc.integer({ min: 0, max: 40 }) });
  await fc.assert(
    fc.asyncProperty(item, fc.array(increment, { minLength: 1, maxLength: 8 }), async (before, drawn) => {
      const [first, ...rest] = drawn.map(
        ({ atLeast, ...one }): Increment => (atLeast === undefined ? one : { ...one, atLeast }),
      );
      if (first === undefined) return;
      const store = new MemoryStore();
      store.table("stock").set("x", { sku: "x", ...before });
      const result = await store.transact([mergeIncrements([first, ...rest])], "token");
      const expected = oneByOne(before, [first, ...rest]);
      expect(result.status).toBe(expected ? "committed" : "cancelled");
      expect(store.table("stock").get("x")).toEqual({ sku: "x", ...(expected ?? before) });
    }),
  );
});

test("a bound fails where the attribute is not there yet", async () => {
  const store = new MemoryStore();
  const update = mergeIncrements([{ table: "stock", key: { sku: "x" }, attribute: "remaining", by: 5, atLeast: 0 }]);
  expect((await store.transact([update], "token")).status).toBe("cancelled");
});
