import { describe, expect, test } from "vitest";
import { BackboneError } from "../../../shared/errors.ts";
import { eachRecord, type Run } from "../../../shared/processing/index.ts";
import { MemoryStore } from "../../../shared/testing/index.ts";
import { awsError, cancelled } from "./answers.ts";
import { type Run as BatchRun, decoded, type Order, runBatch } from "./run-batch.ts";

/** Runs the engine with a handler whose effects are outside. */
function runExternal({ run, ...rest }: Omit<BatchRun, "decide"> & { readonly run: Run<Order> }) {
  return runBatch({
    ...rest,
    decide: () => ({}),
    handlerOf: (options) => eachRecord(run, { ...options, effects: "external" }),
  });
}

const keysOf = (store: MemoryStore) => [...store.table("claims").keys()];

describe("effects outside of the database", () => {
  test("each event is leased, run and claimed; the claims of a batch share transactions", async () => {
    const ran: string[] = [];
    const records = ["a", "b", "c"].map((id) => decoded({ id }));
    const { ends, store } = await runExternal({ records, run: ({ id }) => void ran.push(id) });
    expect(ends).toEqual(["processed", "processed", "processed"]);
    expect(ran).toEqual(["a", "b", "c"]);
    expect(keysOf(store)).toEqual(["group#/test#a", "group#/test#b", "group#/test#c"]);
    expect(store.calls.map(({ length }) => length)).toEqual([6, 6]);
  });

  test("an event that has a claim is a duplicate and not run, whoever claimed it", async () => {
    const store = new MemoryStore();
    await runBatch({ records: [decoded({ id: "a" })], decide: () => ({}), store });
    const ran: string[] = [];
    const { ends } = await runExternal({ records: [decoded({ id: "a" })], run: ({ id }) => void ran.push(id), store });
    expect(ends).toEqual(["duplicate"]);
    expect(ran).toEqual([]);
  });

  test("an event that stands twice in a batch is run once", async () => {
    const ran: string[] = [];
    const records = [decoded({ id: "a", key: "k" }), decoded({ id: "a", partition: 1 })];
    const { ends } = await runExternal({ records, run: ({ id }) => void ran.push(id) });
    expect(ends.toSorted()).toEqual(["duplicate", "processed"]);
    expect(ran).toEqual(["a"]);
  });

  test("an event that another invocation is running stays unfinished, and is run when that one's lease has ended", async () => {
    const store = new MemoryStore();
    const started = new Date("2026-01-01T00:00:00Z");
    const key = { consumerGroup: "group", source: "/test", eventId: "a" };
    const lease = { ...key, owner: "other", leasedUntil: new Date(started.getTime() + 60_000), now: started };
    await store.transact([store.leaseItem(lease)], "token");
    const at = (seconds: number) =>
      runExternal({
        records: [decoded({ id: "a" })],
        run: () => {},
        store,
        remainingMs: 1_000,
        options: { now: () => new Date(started.getTime() + seconds * 1000), backoffBaseMs: 10 },
      });
    expect((await at(59)).ends).toEqual(["unfinished LEASE_HELD"]);
    expect((await at(61)).ends).toEqual(["processed"]);
  });

  test("a run that throws gives its lease back, is tried again and dead-lettered at last", async () => {
    let runs = 0;
    const run = () => {
      runs++;
      throw new Error("always");
    };
    const { ends, store } = await runExternal({ records: [decoded({ id: "a" })], run, maxAttempts: 3 });
    expect(ends).toEqual(["deadLettered HANDLER_FAILED"]);
    expect(runs).toBe(3);
    expect(keysOf(store).filter((key) => !key.startsWith("#attempts"))).toEqual([]);
  });

  test("what has run is claimed before others begin, also after a conflict", async () => {
    const store = new MemoryStore();
    // The leases of the first two, then their claims.
    store.answers.push("proceed", cancelled("conflict"));
    let claimed: string[] = [];
    const { ends } = await runExternal({
      records: Array.from({ length: 12 }, (_, index) => decoded({ id: `e${index}` })),
      run: async ({ id }) => {
        if (id === "e6") claimed = keysOf(store).filter((key) => !key.startsWith("#lease"));
        await new Promise((resolve) => setTimeout(resolve, 50));
      },
      store,
      options: { concurrency: 2, backoffBaseMs: 10 },
    });
    expect(ends).toEqual(Array(12).fill("processed"));
    // Those that took the slots for the pause may have begun before, and no more.
    expect(claimed).toEqual(expect.arrayContaining(["group#/test#e0", "group#/test#e1"]));
  });

  test("a service that is away is no attempt", async () => {
    let runs = 0;
    const run = () => {
      if (++runs < 5) throw new BackboneError("KAFKA_UNAVAILABLE", "away");
    };
    const { ends } = await runExternal({ records: [decoded({ id: "a" })], run, maxAttempts: 1 });
    expect(ends).toEqual(["processed"]);
  });

  test("more records that a refusing service holds up than run at once cost no other its turn", async () => {
    const refused = Object.assign(new Error("refused"), { code: "ECONNREFUSED" });
    const records = Array.from({ length: 100 }, (_, i) => decoded({ id: `${i}` }));
    let running = 0;
    let most = 0;
    const { ends, published } = await runExternal({
      records,
      run: async ({ id }) => {
        most = Math.max(most, ++running);
        await new Promise(setImmediate);
        running--;
        if (Number(id) < 20) throw refused;
      },
      remainingMs: 1_500,
      options: { concurrency: 5, backoffMaxMs: 500 },
    });
    expect(ends.slice(0, 20)).toEqual(Array(20).fill("unfinished DATABASE_UNAVAILABLE"));
    expect(ends.slice(20)).toEqual(Array(80).fill("processed"));
    expect(published).toEqual([]);
    expect(most).toBe(5);
  });

  test("more leases that a killed invocation left than run at once cost no other its turn", async () => {
    const store = new MemoryStore();
    const now = new Date();
    const records = Array.from({ length: 100 }, (_, i) => decoded({ id: `${i}` }));
    for (let i = 0; i < 20; i++) {
      const key = { consumerGroup: "group", source: "/test", eventId: `${i}` };
      const lease = { ...key, owner: "killed", leasedUntil: new Date(now.getTime() + 60_000), now };
      await store.transact([store.leaseItem(lease)], `token${i}`);
    }
    const ran: string[] = [];
    const { ends } = await runExternal({
      records,
      run: ({ id }) => void ran.push(id),
      store,
      remainingMs: 1_500,
      options: { concurrency: 5, backoffMaxMs: 500 },
    });
    expect(ends.slice(0, 20)).toEqual(Array(20).fill("unfinished LEASE_HELD"));
    expect(ends.slice(20)).toEqual(Array(80).fill("processed"));
    expect(ran.toSorted()).toEqual(records.slice(20).map((_, i) => `${i + 20}`));
  });

  test("records that waited have their turn when the service is back, each key in its order", async () => {
    const ran: string[] = [];
    let refusals = 30;
    const records = Array.from({ length: 40 }, (_, i) => decoded({ id: `${i}`, key: `${i % 20}` }));
    const { ends } = await runExternal({
      records,
      run: ({ id }) => {
        if (refusals-- > 0) throw new BackboneError("KAFKA_UNAVAILABLE", "away");
        ran.push(id);
      },
      options: { concurrency: 2 },
    });
    expect(ends).toEqual(Array(40).fill("processed"));
    for (let i = 0; i < 20; i++) expect(ran.indexOf(`${i}`)).toBeLessThan(ran.indexOf(`${i + 20}`));
  });

  test("a run that the deadline leaves is told so, and keeps its lease: it may still be running", async () => {
    let aborted = false;
    const run: Run<Order> = (_event, _record, signal) =>
      new Promise(() => signal.addEventListener("abort", () => (aborted = true)));
    const { ends, store } = await runExternal({ records: [decoded({ id: "a" })], run, remainingMs: 1_000 });
    expect(ends).toEqual(["unfinished DEADLINE_REACHED"]);
    expect(aborted).toBe(true);
    expect(keysOf(store)).toEqual(["#lease#group#/test#a"]);
  });

  test("a run that ended after its lease did counts as another's: duplicate when that one is through", async () => {
    const store = new MemoryStore();
    const run = async () => {
      store.table("claims").delete("#lease#group#/test#a");
      store.table("claims").set("group#/test#a", { id: "group#/test#a" });
    };
    const { ends } = await runExternal({ records: [decoded({ id: "a" })], run, store });
    expect(ends).toEqual(["duplicate"]);
  });

  test("the answer to the completion is lost: the event is not run again", async () => {
    const store = new MemoryStore();
    let runs = 0;
    store.answers.push("proceed", "loseResponse", awsError("ThrottlingException"), "proceed");
    const { ends } = await runExternal({ records: [decoded({ id: "a" })], run: () => void runs++, store });
    expect(ends).toEqual(["processed"]);
    expect(runs).toBe(1);
  });
});
