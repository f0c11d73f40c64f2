import { describe, expect, test } from "vitest";
import type { TransactItem, TransactResult } from "../../../shared/idempotency/index.ts";
import type { Decide, Effects } from "../../../shared/processing/index.ts";
import { MemoryStore } from "../../../shared/testing/index.ts";
import { awsError, cancelled } from "./answers.ts";
import { decoded, type Order, runBatch, writeName } from "./run-batch.ts";

const inSlow = (items: readonly TransactItem[]) => items.map(({ Put }) => Put?.TableName === "slow");

async function inTable(table: string, effects: Effects | Promise<Effects>): Promise<Effects> {
  const { writes = [] } = await effects;
  return { writes: writes.map((write) => ({ ...write, table })) };
}

describe("while the surroundings are away", () => {
  test("a lost response is repeated with the same token and takes effect once", async () => {
    const store = new MemoryStore();
    store.answers.push("loseResponse");
    const { ends } = await runBatch({ records: [decoded({ id: "a" })], decide: writeName, store });
    expect(ends).toEqual(["processed"]);
    expect(store.tokens).toHaveLength(2);
    expect(new Set(store.tokens).size).toBe(1);
  });

  test("conflicts are repeated with a fresh token and without deciding again", async () => {
    const store = new MemoryStore();
    store.answers.push(cancelled("none", "conflict"), cancelled("throttled", "conditionFailed"));
    let decisions = 0;
    const { ends } = await runBatch({
      records: [decoded({ id: "a" })],
      decide: (event, record) => {
        decisions++;
        return writeName(event, record);
      },
      store,
    });
    expect(ends).toEqual(["processed"]);
    expect(decisions).toBe(1);
    expect(new Set(store.tokens).size).toBe(3);
  });

  test("with the database away until the deadline, nothing is dead-lettered and no more calls are in the air than the records need", async () => {
    const store = new MemoryStore();
    for (let i = 0; i < 10_000; i++) store.answers.push(awsError("InternalServerError", 500));
    const records = Array.from({ length: 100 }, (_, i) => decoded({ id: `${i}`, partition: i % 2 }));
    const decided = new Set<string>();
    const { ends, published } = await runBatch({
      records,
      decide: (event, record) => {
        decided.add(event.id);
        return writeName(event, record);
      },
      store,
      remainingMs: 1_000,
      options: { backoffBaseMs: 100, backoffMaxMs: 500, concurrency: 40 },
    });
    expect(ends.filter((end) => end.startsWith("unfinished"))).toHaveLength(100);
    expect(published).toEqual([]);
    expect(decided.size).toBe(40);
    expect(store.calls[0]).toHaveLength(80);
    expect(store.tokens.length).toBeLessThan(20);
  });

  test.each<[string, Decide<Order>, (items: readonly TransactItem[]) => TransactResult | undefined]>([
    [
      "a read that is refused",
      (event, record) => {
        if (Number(event.id) < 20) throw Object.assign(new Error("refused"), { code: "ECONNREFUSED" });
        return writeName(event, record);
      },
      () => undefined,
    ],
    [
      "a throttled table",
      (event, record) => inTable(Number(event.id) < 20 ? "slow" : "names", writeName(event, record)),
      (items) =>
        inSlow(items).some(Boolean)
          ? cancelled(...inSlow(items).map((slow) => (slow ? ("throttled" as const) : ("none" as const))))
          : undefined,
    ],
    [
      "a table that is missing",
      (event, record) => inTable(Number(event.id) < 20 ? "slow" : "names", writeName(event, record)),
      (items) => {
        if (inSlow(items).some(Boolean)) throw awsError("ResourceNotFoundException");
        return undefined;
      },
    ],
  ])("more records that %s holds up than are worked at once cost no other its turn", async (_name, decide, answer) => {
    const store = new MemoryStore();
    const answering = Object.assign(store, {
      transact: async (...[items, token]: Parameters<MemoryStore["transact"]>) =>
        answer(items) ?? MemoryStore.prototype.transact.call(store, items, token),
    });
    const records = Array.from({ length: 100 }, (_, i) => decoded({ id: `${i}` }));
    const { ends, published } = await runBatch({
      records,
      decide,
      store: answering,
      remainingMs: 1_500,
      options: { concurrency: 5, backoffMaxMs: 500 },
    });
    expect(ends.slice(0, 20)).toEqual(Array(20).fill("unfinished DATABASE_UNAVAILABLE"));
    expect(ends.slice(20)).toEqual(Array(80).fill("processed"));
    expect(published).toEqual([]);
  });

  test("a decision that hangs is left at the deadline; the rest is returned untouched", async () => {
    const decide = () => new Promise<never>(() => {});
    const records = [decoded({ id: "a" }), decoded({ id: "b" })];
    const { ends } = await runBatch({ records, decide, remainingMs: 30 });
    expect(ends).toEqual(["unfinished DEADLINE_REACHED", "unfinished DEADLINE_REACHED"]);
  });

  test("a decision that throws with too little time for all attempts comes again instead of being dead-lettered", async () => {
    const decide = () => {
      throw new Error("not yet");
    };
    const { ends, published } = await runBatch({
      records: [decoded({ id: "a" })],
      decide,
      maxAttempts: 1_000,
      remainingMs: 100,
      options: { backoffBaseMs: 10, backoffMaxMs: 50 },
    });
    expect(ends).toEqual(["unfinished DEADLINE_REACHED"]);
    expect(published).toEqual([]);
  });

  test("the margin before the end of the invocation belongs to the response", async () => {
    const { ends, store } = await runBatch({
      records: [decoded({ id: "a" })],
      decide: writeName,
      remainingMs: 900,
      options: { marginMs: 1_000 },
    });
    expect(ends).toEqual(["unfinished DEADLINE_REACHED"]);
    expect(store.tokens).toEqual([]);
  });
});
