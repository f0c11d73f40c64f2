import { describe, expect, test } from "vitest";
import type { Decide } from "../../../shared/processing/index.ts";
import { MemoryStore } from "../../../shared/testing/index.ts";
import { decoded, type Order, runBatch } from "./run-batch.ts";

const options = { maxRedecisions: 4 };
const keys = { stock: ["sku"] };

/** A decision that takes from a stock which nobody has put there. */
function counting(decisions: string[]): Decide<Order> {
  return ({ id }) => {
    decisions.push(id);
    return { increments: [{ table: "stock", key: { sku: "typo" }, attribute: "remaining", by: -1, atLeast: 0 }] };
  };
}

describe("a decision whose condition keeps failing", () => {
  test("is decided again on the state that moved, and takes effect", async () => {
    const store = new MemoryStore({ keys });
    const stock = store.table("stock");
    stock.set("x", { sku: "x", version: 1 });
    let moves = 3;
    const { ends, published } = await runBatch({
      records: [decoded({ id: "a" })],
      decide: movedBy(store, () => moves-- > 0),
      store,
      options,
    });
    expect(ends).toEqual(["processed"]);
    expect(published).toEqual([]);
    expect(stock.get("x")).toMatchObject({ version: 5 });
  });

  test("comes again and counts no attempt when others move the state each time", async () => {
    const store = new MemoryStore({ keys });
    store.table("stock").set("x", { sku: "x", version: 1 });
    let decisions = 0;
    const { ends, published } = await runBatch({
      records: [decoded({ id: "a" })],
      decide: movedBy(store, () => ++decisions > 0),
      store,
      maxAttempts: 1,
      options,
    });
    expect(ends).toEqual(["unfinished STATE_MOVED"]);
    expect(decisions).toBe(5);
    expect(published).toEqual([]);
    expect(store.table("claims").size).toBe(0);
  });

  test("counts as an attempt when it never changes, and is dead-lettered after the last", async () => {
    const decisions: string[] = [];
    const { ends, published, store } = await runBatch({
      records: [decoded({ id: "a" }), decoded({ id: "b", key: "a", offset: 1_000 })],
      decide: counting(decisions),
      maxAttempts: 3,
      options,
    });
    expect(ends).toEqual(["deadLettered CONDITION_NEVER_MET", "deadLettered CONDITION_NEVER_MET"]);
    expect(decisions).toEqual([...Array(15).fill("a"), ...Array(15).fill("b")]);
    expect(published[0]).toMatchObject({
      attempts: 3,
      error: { message: "5 decisions in a row came to the same condition, which failed each time" },
    });
    expect(store.table("stock").size).toBe(0);
  });

  test("adds its attempts to those of earlier invocations", async () => {
    const store = new MemoryStore();
    const at = { consumerGroup: "group", topic: "orders", partition: 0, offset: 7 };
    await store.writeFailures({ ...at, attempts: 2, notedAt: new Date(), ttlSeconds: 60 });
    const decisions: string[] = [];
    const { ends, published } = await runBatch({
      records: [decoded({ id: "a", offset: 7 })],
      decide: counting(decisions),
      store,
      maxAttempts: 3,
      options,
    });
    expect(ends).toEqual(["deadLettered CONDITION_NEVER_MET"]);
    expect(published[0]?.attempts).toBe(3);
    expect(decisions).toHaveLength(5);
  });

  test("is the same whatever else it writes: only what the condition says counts", async () => {
    let time = 0;
    const { ends } = await runBatch({
      records: [decoded({ id: "a" })],
      decide: () => ({
        writes: [
          {
            action: "update",
            table: "stock",
            key: { sku: "x" },
            update: "SET seen = :time",
            condition: "version = :version",
            values: { ":time": ++time, ":version": new Uint8Array([1]) },
            onConditionFailed: "redecide",
          },
        ],
      }),
      store: new MemoryStore({ keys }),
      maxAttempts: 1,
      options,
    });
    expect(ends).toEqual(["deadLettered CONDITION_NEVER_MET"]);
    expect(time).toBe(5);
  });

  test("stays unfinished without deadLetters(), under the code that says why", async () => {
    const { ends } = await runBatch({
      records: [decoded({ id: "a" })],
      decide: counting([]),
      options,
      without: (batch) => {
        delete batch.deadLetters;
      },
    });
    expect(ends).toEqual(["unfinished CONDITION_NEVER_MET"]);
  });

  test("with no redecision allowed nothing shows whose fault it is: it comes again", async () => {
    const decisions: string[] = [];
    const { ends } = await runBatch({
      records: [decoded({ id: "a" })],
      decide: counting(decisions),
      maxAttempts: 1,
      options: { maxRedecisions: 0 },
    });
    expect(ends).toEqual(["unfinished STATE_MOVED"]);
    expect(decisions).toHaveLength(1);
  });
});

/** A decision that replaces the version it read; before it is committed another writer may be faster. */
function movedBy(store: MemoryStore, moves: () => boolean): Decide<Order> {
  const stock = store.table("stock");
  return () => {
    const version = Number(stock.get("x")?.version);
    if (moves()) stock.set("x", { sku: "x", version: version + 1 });
    return {
      writes: [
        {
          action: "put",
          table: "stock",
          key: { sku: "x" },
          item: { version: version + 1 },
          condition: "version = :version",
          values: { ":version": version },
          onConditionFailed: "redecide",
        },
      ],
    };
  };
}
