import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { BackboneError } from "../../../shared/errors.ts";
import { type Effects, eachRecord, type Write } from "../../../shared/processing/index.ts";
import { MemoryStore } from "../../../shared/testing/index.ts";
import { awsError, cancelled } from "./answers.ts";
import { decoded, failed, runBatch, writeName } from "./run-batch.ts";

describe("eachRecord", () => {
  test("commits claim and effects of each record, and counts all of them", async () => {
    const records = [decoded({ id: "a" }), decoded({ id: "b", partition: 1 })];
    const { ends, store, lines } = await runBatch({ records, decide: writeName });
    expect(ends).toEqual(["processed", "processed"]);
    expect([...store.table("claims").keys()]).toEqual(["group#/test#a", "group#/test#b"]);
    expect(store.table("names").get("a")).toEqual({ name: "a", eventId: "a" });
    expect(JSON.parse(lines.at(-1) ?? "")).toEqual({
      message: "batch done",
      records: 2,
      processed: 2,
      duplicate: 0,
      deadLettered: 0,
      unfinished: 0,
    });
  });

  test("an event that comes twice in one batch takes effect once, in one partition and in two", async () => {
    const records = [decoded({ id: "a" }), decoded({ id: "a" }), decoded({ id: "a", partition: 1 })];
    const { ends, store } = await runBatch({ records, decide: writeName });
    expect(ends.toSorted()).toEqual(["duplicate", "duplicate", "processed"]);
    expect(store.table("names").size).toBe(1);
  });

  test("works the records of a key in order and at most `concurrency` records at once", async () => {
    const records = [0, 1, 2].flatMap((partition) => [
      decoded({ id: `${partition}a`, partition, key: "k" }),
      decoded({ id: `${partition}b`, partition, key: "k" }),
    ]);
    const order: string[] = [];
    let running = 0;
    let most = 0;
    const decide = async (event: { id: string }) => {
      most = Math.max(most, ++running);
      order.push(event.id);
      await sleep(2);
      running--;
      return {};
    };
    await runBatch({ records, decide, options: { concurrency: 2 } });
    expect(most).toBe(2);
    for (const partition of [0, 1, 2]) {
      expect(order.indexOf(`${partition}a`)).toBeLessThan(order.indexOf(`${partition}b`));
    }
  });

  test("a failed claim outranks every other failed condition", async () => {
    const store = new MemoryStore();
    store.answers.push(cancelled("conditionFailed", "conditionFailed"));
    const { ends, published } = await runBatch({ records: [decoded({ id: "a" })], decide: writeName, store });
    expect(ends).toEqual(["duplicate"]);
    expect(published).toEqual([]);
  });

  test("another event under the same business key is dead-lettered and leaves no claim", async () => {
    const first = decoded({ id: "a" });
    const second = decoded({ id: "b" });
    const decide = (event: { id: string }) =>
      writeName({ ...event, source: "/test", type: "test", specversion: "1.0", data: { name: "same" } }, first.source);
    const { ends, published, store } = await runBatch({ records: [first, second], decide });
    expect(ends).toEqual(["processed", "deadLettered DUPLICATE_BUSINESS_KEY"]);
    expect(published[0]?.record).toBe(second.source);
    expect([...store.table("claims").keys()].filter((id) => !id.startsWith("#attempts"))).toEqual(["group#/test#a"]);
    // Whether the second has a dead letter, and whether it has taken effect; the first costs none.
    expect(store.lookUps).toBe(2);
  });

  test("a violated rule is dead-lettered at once", async () => {
    const decide = () => ({
      writes: [
        {
          action: "delete" as const,
          table: "names",
          key: { name: "x" },
          condition: "attribute_exists(#n)",
          names: { "#n": "name" },
          onConditionFailed: "ruleViolated" as const,
        },
      ],
    });
    const store = new MemoryStore();
    store.answers.push(cancelled("none", "conditionFailed"));
    const { ends, published } = await runBatch({ records: [decoded({ id: "a" })], decide, store });
    expect(ends).toEqual(["deadLettered RULE_VIOLATED"]);
    expect(published[0]?.attempts).toBe(1);
  });

  test("a decision that keeps throwing is tried maxAttempts times, then dead-lettered without its message", async () => {
    let tries = 0;
    const decide = () => {
      tries++;
      throw new TypeError("cannot read card 4111");
    };
    const { ends, published, lines } = await runBatch({ records: [decoded({ id: "a" })], decide, maxAttempts: 3 });
    expect(ends).toEqual(["deadLettered HANDLER_FAILED"]);
    expect(tries).toBe(3);
    expect(published[0]).toMatchObject({ attempts: 3, error: { message: "the handler threw TypeError" } });
    expect(lines.join()).not.toContain("4111");
  });

  test("a decision's own non-retriable BackboneError is dead-lettered at once with its code", async () => {
    const decide = () => {
      throw new BackboneError("RULE_VIOLATED", "no such customer");
    };
    const { ends, published } = await runBatch({ records: [decoded({ id: "a" })], decide });
    expect(ends).toEqual(["deadLettered RULE_VIOLATED"]);
    expect(published[0]?.attempts).toBe(1);
  });

  test.each([
    ["a retriable BackboneError", new BackboneError("REGISTRY_UNAVAILABLE", "away")],
    ["throttling", awsError("ThrottlingException")],
    ["a server failure", awsError("Whatever", 503)],
    ["a cut connection", Object.assign(new Error("cut"), { code: "ECONNRESET" })],
    [
      "a failed fetch",
      new TypeError("fetch failed", { cause: Object.assign(new Error(""), { code: "ECONNREFUSED" }) }),
    ],
  ])("%s out of a decision is no attempt: it is repeated until it goes away", async (_name, error) => {
    let tries = 0;
    const decide = () => {
      if (++tries < 6) throw error;
      return {};
    };
    const { ends, published } = await runBatch({ records: [decoded({ id: "a" })], decide, maxAttempts: 1 });
    expect(ends).toEqual(["processed"]);
    expect(published).toEqual([]);
  });

  test("an event that has taken effect is never dead-lettered, whatever it fails on later", async () => {
    const store = new MemoryStore();
    await runBatch({ records: [decoded({ id: "a" })], decide: writeName, store });
    const decide = () => {
      throw new Error("its own earlier success");
    };
    const again = await runBatch({ records: [decoded({ id: "a" })], decide, store });
    const unreadable = failed({ id: "a" }, new BackboneError("MALFORMED_PAYLOAD", "cut short"));
    const broken = await runBatch({ records: [unreadable], decide, store });
    expect([...again.ends, ...broken.ends]).toEqual(["duplicate", "duplicate"]);
    expect([...again.published, ...broken.published]).toEqual([]);
  });

  test("a record that cannot be decoded is dead-lettered at once; one whose schema cannot be fetched comes again", async () => {
    const records = [
      failed({ id: "a" }, new BackboneError("MALFORMED_PAYLOAD", "cut short")),
      failed({ id: "b" }, new BackboneError("REGISTRY_UNAVAILABLE", "away")),
      decoded({ id: "c" }),
    ];
    const { ends } = await runBatch({ records, decide: writeName });
    expect(ends).toEqual(["deadLettered MALFORMED_PAYLOAD", "unfinished REGISTRY_UNAVAILABLE", "processed"]);
  });

  test("a dead letter that the broker does not acknowledge leaves its record unfinished", async () => {
    const publish = async () => {
      throw new BackboneError("KAFKA_UNAVAILABLE", "away");
    };
    const records = [failed({ id: "a" }, new BackboneError("MALFORMED_PAYLOAD", "cut short")), decoded({ id: "b" })];
    const { ends } = await runBatch({ records, decide: writeName, publish });
    expect(ends).toEqual(["unfinished KAFKA_UNAVAILABLE", "processed"]);
  });

  test("no dead letter without an answer to whether the event has a claim", async () => {
    const store = new MemoryStore();
    store.failLookUps = awsError("InternalServerError", 500);
    const records = [failed({ id: "a" }, new BackboneError("MALFORMED_PAYLOAD", "cut short"))];
    const { ends, published } = await runBatch({ records, decide: writeName, store, remainingMs: 1_000 });
    expect(ends).toEqual(["unfinished DATABASE_UNAVAILABLE"]);
    expect(published).toEqual([]);
  });

  test("without deadLetters() a record that fails for its own sake stays unfinished", async () => {
    const { ends } = await runBatch({
      records: [failed({ id: "a" }, new BackboneError("MALFORMED_PAYLOAD", "cut short"))],
      decide: writeName,
      without: (batch) => {
        delete batch.deadLetters;
      },
    });
    expect(ends).toEqual(["unfinished MALFORMED_PAYLOAD"]);
  });

  test("later records of an unfinished key in its partition are not touched, other keys and keyless ones are", async () => {
    const away = new BackboneError("REGISTRY_UNAVAILABLE", "away");
    const records = [
      failed({ id: "1", key: "k", offset: 100 }, away),
      decoded({ id: "2", key: "other" }),
      decoded({ id: "3", key: "k" }),
      failed({ id: "4", key: null }, away),
      decoded({ id: "5", key: null }),
      decoded({ id: "6", key: "k", partition: 1 }),
    ];
    const { ends, outcomes, store } = await runBatch({ records, decide: writeName });
    expect(ends).toEqual([
      "unfinished REGISTRY_UNAVAILABLE",
      "processed",
      "unfinished REGISTRY_UNAVAILABLE",
      "unfinished REGISTRY_UNAVAILABLE",
      "processed",
      "processed",
    ]);
    expect(outcomes[2]).toMatchObject({ error: { message: "held back: offset 100 before it is unfinished" } });
    expect(store.table("names").has("3")).toBe(false);
  });

  test("effects over 100 items are dead-lettered as too large; increments of one item are one", async () => {
    const increment = (sku: string) => ({ table: "stock", key: { sku }, attribute: "remaining", by: 1 });
    const sizes: Record<string, string[]> = {
      over: Array.from({ length: 100 }, (_, i) => `${i}`),
      fits: Array.from({ length: 99 }, (_, i) => `${i}`),
      twice: ["x", "x"],
    };
    const { ends, store } = await runBatch({
      records: ["over", "fits", "twice"].map((id) => decoded({ id })),
      decide: (event) => ({ increments: (sizes[event.id] ?? []).map(increment) }),
    });
    expect(ends).toEqual(["deadLettered EFFECTS_TOO_LARGE", "processed", "processed"]);
    expect(store.table("stock").get("x")?.remaining).toBe(2);
  });

  test.each<[string, unknown, string]>([
    ["nothing", undefined, "the decision is undefined, not an object of effects"],
    ["null", null, "the decision is null, not an object of effects"],
    ["a list", [], "the decision is a list, not an object of effects"],
    ["effects of an unknown kind", { write: [] }, "the decision has 'write', known are writes, increments, publish"],
    ["writes that are no list", { writes: {} }, "the decision's writes are not a list"],
  ])("a decision that is %s is refused, not claimed without an effect", async (_name, effects, message) => {
    const { ends, published, store } = await runBatch({
      records: [decoded({ id: "a" })],
      decide: () => effects as Effects,
      maxAttempts: 1,
    });
    expect(ends).toEqual(["deadLettered HANDLER_FAILED"]);
    expect(published[0]?.error.message).toBe(message);
    expect(store.calls).toEqual([]);
  });

  test.each([undefined, "claimed"])("a write whose failed condition means %s is refused", async (meaning) => {
    const write = { action: "delete", table: "names", key: { name: "x" }, condition: "attribute_exists(name)" };
    const decide = () => ({ writes: [{ ...write, onConditionFailed: meaning } as Write] });
    const { ends, store } = await runBatch({ records: [decoded({ id: "a" })], decide, maxAttempts: 1 });
    expect(ends).toEqual(["deadLettered HANDLER_FAILED"]);
    expect(store.calls).toEqual([]);
  });

  test.each([
    ["by nothing", { by: 0 }],
    ["by a fraction", { by: 0.1 }],
    ["by more than is exact", { by: 2 ** 53 }],
    ["under a fraction as its bound", { by: 1, atLeast: 0.5 }],
  ])("an increment %s is refused: merged ones have to come to the same as single ones", async (_name, more) => {
    const decide = () => ({ increments: [{ table: "stock", key: { sku: "x" }, attribute: "remaining", ...more }] });
    const { ends, store } = await runBatch({ records: [decoded({ id: "a" })], decide, maxAttempts: 1 });
    expect(ends).toEqual(["deadLettered HANDLER_FAILED"]);
    expect(store.calls).toEqual([]);
  });

  test("more workers than records can have cost nothing", async () => {
    const records = [decoded({ id: "a" })];
    const { ends } = await runBatch({ records, decide: writeName, options: { concurrency: Number.MAX_SAFE_INTEGER } });
    expect(ends).toEqual(["processed"]);
  });

  test("a write without a condition is refused", async () => {
    const decide = () => ({
      writes: [
        {
          action: "put" as const,
          table: "names",
          key: { name: "x" },
          item: {},
          condition: " ",
          onConditionFailed: "redecide" as const,
        },
      ],
    });
    const { ends, published } = await runBatch({ records: [decoded({ id: "a" })], decide });
    expect(ends).toEqual(["deadLettered HANDLER_FAILED"]);
    expect(published[0]?.error.message).toBe("a put on the table names has no condition");
  });

  test("refuses to commit what nobody would report", async () => {
    const records = [failed({ id: "a" }, new BackboneError("REGISTRY_UNAVAILABLE", "away"))];
    const run = runBatch({
      records,
      decide: writeName,
      without: (batch) => {
        delete batch.reportsUnfinished;
      },
    });
    await expect(run).rejects.toMatchObject({ code: "INVALID_OPTIONS" });
  });

  test("refuses dead letters of another consumer group, which it would skip when they are redriven", async () => {
    const run = runBatch({
      records: [decoded({ id: "a" })],
      decide: writeName,
      without: (batch) => {
        if (batch.deadLetters) batch.deadLetters = { ...batch.deadLetters, consumerGroup: "billing" };
      },
    });
    await expect(run).rejects.toThrow("deadLetters() has 'billing', idempotency() 'group'");
  });

  test("names the middlewares that are missing, and unknown options", async () => {
    await expect(eachRecord(writeName)({}, {})).rejects.toThrow(
      "eachRecord needs cloudEvents() and idempotency() before it",
    );
    expect(() => eachRecord(writeName, { concurency: 2 } as object)).toThrow(
      /wrong options for eachRecord: concurency/,
    );
  });
});
