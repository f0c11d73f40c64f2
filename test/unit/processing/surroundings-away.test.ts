import { describe, expect, test } from "vitest";
import { MemoryStore } from "../../../shared/testing/index.ts";
import { awsError, cancelled } from "./answers.ts";
import { decoded, runBatch, writeName } from "./run-batch.ts";

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
