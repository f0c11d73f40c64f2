import { expect, test } from "vitest";
import { MemoryStore } from "../../../shared/testing/index.ts";
import { awsError } from "./answers.ts";
import { decoded, runBatch } from "./run-batch.ts";

const throwing = () => {
  throw new Error("always");
};
const briefly = { remainingMs: 30, options: { backoffBaseMs: 20, backoffMaxMs: 20, random: () => 0.99 } };

test("attempts are counted across invocations, and the last one dead-letters", async () => {
  const store = new MemoryStore();
  const records = [decoded({ id: "a" })];
  const first = await runBatch({ records, decide: throwing, store, ...briefly });
  const second = await runBatch({ records, decide: throwing, store, maxAttempts: 2 });
  expect(first.ends).toEqual(["unfinished DEADLINE_REACHED"]);
  expect(second.ends).toEqual(["deadLettered HANDLER_FAILED"]);
  expect(second.published[0]?.attempts).toBe(2);
});

test("a record that succeeds reads and writes no count", async () => {
  const { store } = await runBatch({ records: [decoded({ id: "a" })], decide: () => ({}) });
  expect(store.lookUps).toBe(0);
  expect([...store.table("claims").keys()]).toEqual(["group#/test#a"]);
});

test("the same event at another offset, as after a redrive, starts anew", async () => {
  const store = new MemoryStore();
  await runBatch({ records: [decoded({ id: "a" })], decide: throwing, store, maxAttempts: 3 });
  const redriven = await runBatch({ records: [decoded({ id: "a" })], decide: throwing, store, maxAttempts: 3 });
  expect(redriven.published[0]?.attempts).toBe(3);
});

test("an attempt that cannot be counted is none, and the record comes again", async () => {
  const store = new MemoryStore();
  store.failLookUps = awsError("InternalServerError", 500);
  const { ends, published } = await runBatch({
    records: [decoded({ id: "a" })],
    decide: throwing,
    store,
    remainingMs: 1_000,
    maxAttempts: 1,
  });
  expect(ends).toEqual(["unfinished DATABASE_UNAVAILABLE"]);
  expect(published).toEqual([]);
});
