import { setTimeout as sleep } from "node:timers/promises";
import type { CloudEventV1 } from "cloudevents";
import { describe, expect, test } from "vitest";
import type { Effects, Write } from "../../../shared/processing/index.ts";
import { MemoryStore } from "../../../shared/testing/index.ts";
import { awsError, cancelled } from "./answers.ts";
import { decoded, runBatch, writeName } from "./run-batch.ts";

const ids = (count: number, prefix = "r") => Array.from({ length: count }, (_, i) => `${prefix}${i}`);
const take = (by: number, sku = "x") => ({ table: "stock", key: { sku }, attribute: "remaining", by: -by, atLeast: 0 });
const sizes = (store: MemoryStore) => store.calls.map(({ length }) => length);

function stocked(remaining: number): MemoryStore {
  const store = new MemoryStore();
  store.table("stock").set("x", { sku: "x", remaining });
  return store;
}

function put(id: string, onConditionFailed: Write["onConditionFailed"], table = "names"): Write {
  return {
    action: "put",
    table,
    key: { name: id },
    item: {},
    condition: "attribute_not_exists(name)",
    onConditionFailed,
  };
}

describe("a shared transaction", () => {
  test("takes the claims and effects of as many records as fit: 100 items", async () => {
    const records = ids(120).map((id) => decoded({ id }));
    const { ends, store } = await runBatch({ records, decide: writeName });
    expect(new Set(ends)).toEqual(new Set(["processed"]));
    expect(sizes(store)).toEqual([100, 100, 40]);
  });

  test("takes no more than 4 MB", async () => {
    const records = ids(5).map((id) => decoded({ id }));
    const decide = ({ id }: { id: string }): Effects => ({
      writes: ids(3).map(
        (name) => ({ ...put(`${id}-${name}`, "redecide"), item: { text: "x".repeat(390_000) } }) as Write,
      ),
    });
    const { ends, store } = await runBatch({ records, decide });
    expect(new Set(ends)).toEqual(new Set(["processed"]));
    // 3 × 390 kB a record: three records are 3.5 MB, four are 4.7 MB.
    expect(sizes(store)).toEqual([12, 8]);
  });

  test("shares records of several partitions, but never two of one key", async () => {
    const records = [0, 1].flatMap((partition) =>
      ids(4, `p${partition}-`).map((id, i) => decoded({ id, partition, key: `k${i % 2}` })),
    );
    const { store } = await runBatch({ records, decide: writeName });
    expect(sizes(store)).toEqual([8, 8]);
  });

  test("merges the increments of a hot item into one update", async () => {
    const store = stocked(1_000);
    const records = ids(49).map((id) => decoded({ id }));
    const { ends } = await runBatch({ records, decide: () => ({ increments: [take(2)] }), store });
    expect(new Set(ends)).toEqual(new Set(["processed"]));
    expect(sizes(store)).toEqual([50]);
    expect(store.table("stock").get("x")?.remaining).toBe(1_000 - 98);
  });

  test("is split when a merged increment fails, so that those who can have their share get it", async () => {
    const store = stocked(5);
    const records = ids(4).map((id) => decoded({ id }));
    const decide = ({ id }: { id: string }) => {
      const remaining = Number(store.table("stock").get("x")?.remaining);
      return remaining < 2 ? { writes: [put(id, "redecide")] } : { increments: [take(2)] };
    };
    const { ends } = await runBatch({ records, decide, store });
    expect(ends).toEqual(["processed", "processed", "processed", "processed"]);
    expect(store.table("stock").get("x")?.remaining).toBe(1);
    expect([...store.table("names").keys()]).toEqual(["r2", "r3"]);
  });

  test("is not split for an increment that one record alone makes: it is decided again beside the others", async () => {
    const store = stocked(5);
    const records = ids(3).map((id) => decoded({ id }));
    const decide = ({ id }: { id: string }) => {
      const remaining = Number(store.table("stock").get("x")?.remaining);
      if (id === "r1" && remaining === 5) {
        store.table("stock").set("x", { sku: "x", remaining: 1 });
        return { increments: [take(2)] };
      }
      return {};
    };
    const { ends } = await runBatch({ records, decide, store });
    expect(ends).toEqual(["processed", "processed", "processed"]);
    expect(sizes(store)).toEqual([4, 3]);
  });

  test("loses only the records that are to blame; the others commit together", async () => {
    const store = new MemoryStore();
    await runBatch({ records: [decoded({ id: "r1" })], decide: () => ({}), store });
    store.table("names").set("r2", { name: "r2" });
    store.calls.length = 0;
    const records = ids(5).map((id) => decoded({ id }));
    const decide = ({ id }: { id: string }) => ({ writes: [put(id, id === "r2" ? "ruleViolated" : "redecide")] });
    const { ends } = await runBatch({ records, decide, store });
    expect(ends).toEqual(["processed", "duplicate", "deadLettered RULE_VIOLATED", "processed", "processed"]);
    expect(sizes(store)).toEqual([10, 6]);
  });

  test("does not decide the fate of one record by the conflict of another", async () => {
    const store = new MemoryStore();
    store.table("names").set("b", { name: "b" });
    // claim and write of a, claim and write of b
    store.answers.push(cancelled("conflict", "none", "none", "conditionFailed"));
    const records = [decoded({ id: "a" }), decoded({ id: "b" })];
    const { ends } = await runBatch({ records, decide: writeName, store });
    expect(ends).toEqual(["processed", "deadLettered DUPLICATE_BUSINESS_KEY"]);
  });

  test("is sent again when it was cancelled and nobody is to blame", async () => {
    const store = new MemoryStore();
    store.answers.push(cancelled("none", "none", "none", "none"));
    const { ends } = await runBatch({
      records: [decoded({ id: "a" }), decoded({ id: "b" })],
      decide: writeName,
      store,
    });
    expect(ends).toEqual(["processed", "processed"]);
  });

  test("is split when the database refuses it as a whole, so that only the guilty record fails", async () => {
    const store = new MemoryStore();
    const decide = (event: CloudEventV1<unknown>): Effects => ({
      writes: [{ ...put(event.id, "redecide"), ...(event.id === "bad" && { condition: "nonsense" }) }],
    });
    const refusing = Object.assign(store, {
      transact: async (...[items, token]: Parameters<MemoryStore["transact"]>) => {
        if (JSON.stringify(items).includes("nonsense")) throw awsError("ValidationException");
        return MemoryStore.prototype.transact.call(store, items, token);
      },
    });
    const records = ["a", "bad", "c"].map((id) => decoded({ id }));
    const { ends } = await runBatch({ records, decide, store: refusing });
    expect(ends).toEqual(["processed", "deadLettered HANDLER_FAILED", "processed"]);
  });

  test.each(["ResourceNotFoundException", "AccessDeniedException"])(
    "a table that answers %s holds back only the records that need it",
    async (name) => {
      const store = new MemoryStore();
      const refusing = Object.assign(store, {
        transact: async (...[items, token]: Parameters<MemoryStore["transact"]>) => {
          if (JSON.stringify(items).includes("missing")) throw awsError(name);
          return MemoryStore.prototype.transact.call(store, items, token);
        },
      });
      const decide = ({ id }: { id: string }) => ({
        writes: [put(id, "redecide", id === "b" ? "missing" : "names")],
      });
      const records = ["a", "b", "c"].map((id) => decoded({ id }));
      const { ends, published } = await runBatch({ records, decide, store: refusing, remainingMs: 1_000 });
      expect(ends).toEqual(["processed", "unfinished DATABASE_UNAVAILABLE", "processed"]);
      expect(published).toEqual([]);
    },
  );

  test("a record that waits while another's write changes its item is decided again without a call", async () => {
    const store = new MemoryStore();
    const records = ids(10).map((id) => decoded({ id }));
    const decide = (): Effects =>
      store.table("stock").has("x")
        ? { increments: [take(1)] }
        : {
            writes: [
              {
                action: "put",
                table: "stock",
                key: { sku: "x" },
                item: { remaining: 99 },
                condition: "attribute_not_exists(sku)",
                onConditionFailed: "redecide",
              },
            ],
          };
    const { ends } = await runBatch({ records, decide, store, options: { maxRedecisions: 0 } });
    expect(new Set(ends)).toEqual(new Set(["processed"]));
    expect(store.table("stock").get("x")?.remaining).toBe(99 - 9);
    expect(sizes(store)).toEqual([2, 10]);
  });

  test("never has one item in two calls at once", async () => {
    const store = stocked(10_000);
    let inFlight = 0;
    let most = 0;
    const slow = Object.assign(store, {
      transact: async (...[items, token]: Parameters<MemoryStore["transact"]>) => {
        most = Math.max(most, ++inFlight);
        await sleep(1);
        inFlight--;
        return MemoryStore.prototype.transact.call(store, items, token);
      },
    });
    const records = ids(300).map((id) => decoded({ id }));
    const { ends } = await runBatch({ records, decide: () => ({ increments: [take(1)] }), store: slow });
    expect(new Set(ends)).toEqual(new Set(["processed"]));
    expect(most).toBe(1);
    expect(store.table("stock").get("x")?.remaining).toBe(9_700);
  });

  test("waits for decisions that are on their way, but not for one that takes long", async () => {
    const { promise: other, resolve: decideOther } = Promise.withResolvers<void>();
    const store = new MemoryStore();
    const decide = async ({ id }: { id: string }) => {
      if (id === "soon") await sleep(1);
      if (id === "late") await other;
      return {};
    };
    const committed = async () => {
      while (store.calls.length === 0) await sleep(1);
      decideOther();
    };
    const records = ["now", "soon", "late"].map((id) => decoded({ id }));
    const [{ ends }] = await Promise.all([
      runBatch({ records, decide, store, options: { lingerMs: 1_000 } }),
      committed(),
    ]);
    expect(ends).toEqual(["processed", "processed", "processed"]);
    expect(sizes(store)).toEqual([2, 1]);
  });

  test("a record that keeps throwing does not hold back those of other keys", async () => {
    const store = new MemoryStore();
    const order: string[] = [];
    const decide = ({ id }: { id: string }) => {
      order.push(id);
      if (id === "bad") throw new Error("always");
      return {};
    };
    const records = ["bad", "a", "b"].map((id) => decoded({ id }));
    const { ends } = await runBatch({ records, decide, store });
    expect(ends).toEqual(["deadLettered HANDLER_FAILED", "processed", "processed"]);
    expect(order).toEqual(["bad", "a", "b", "bad", "bad"]);
  });
});

test("the error of a duplicate of a business key names both events", async () => {
  const write = (event: CloudEventV1<unknown>): Effects => ({
    writes: [
      {
        action: "put",
        table: "names",
        key: { name: "same" },
        item: { eventId: event.id },
        condition: "attribute_not_exists(name)",
        onConditionFailed: "duplicateOfBusinessKey",
        eventIdAttribute: "eventId",
      },
    ],
  });
  const records = [decoded({ id: "first", key: "k" }), decoded({ id: "second", key: "k" })];
  const { published } = await runBatch({ records, decide: write });
  expect(published[0]?.error).toMatchObject({
    code: "DUPLICATE_BUSINESS_KEY",
    message: "the event 'second' has the business key of the event 'first', which took effect before",
  });
});

test.each([
  ["an item over 400 KB", (id: string) => [{ ...put(id, "redecide"), item: { text: "x".repeat(410_000) } } as Write]],
  [
    "effects over 4 MB",
    (id: string) =>
      ids(12).map((name) => ({ ...put(`${id}${name}`, "redecide"), item: { text: "x".repeat(390_000) } }) as Write),
  ],
  ["two writes of one item", (id: string) => [put(id, "redecide"), put(id, "ruleViolated")]],
])("%s is dead-lettered as EFFECTS_TOO_LARGE, before any call", async (_name, writes) => {
  const store = new MemoryStore();
  const { ends } = await runBatch({
    records: [decoded({ id: "a" })],
    decide: ({ id }) => ({ writes: writes(id) }),
    store,
  });
  expect(ends).toEqual(["deadLettered EFFECTS_TOO_LARGE"]);
  expect(store.calls).toEqual([]);
});
