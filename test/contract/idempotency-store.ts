import { beforeEach, describe, expect, test } from "vitest";
import type { IdempotencyStore, TransactItem } from "../../shared/idempotency/index.ts";

/** A store, and a table beside its claims whose items have the key `id`. */
export interface StoreUnderTest {
  readonly store: IdempotencyStore;
  readonly table: string;
}

const at = new Date("2026-01-01T00:00:00Z");
const later = (seconds: number) => new Date(at.getTime() + seconds * 1000);

/** What every idempotency store promises to the engine. */
export function describeIdempotencyStore(name: string, make: () => Promise<StoreUnderTest>): void {
  describe(`the idempotency store ${name}`, () => {
    let store: IdempotencyStore;
    let table: string;
    let group: string;
    beforeEach(async () => {
      ({ store, table } = await make());
      group = `group-${crypto.randomUUID()}`;
    });

    const keyOf = (eventId: string, source = "/test") => ({ consumerGroup: group, source, eventId });
    const claim = (eventId: string, source?: string): TransactItem =>
      store.claimItem({ ...keyOf(eventId, source), eventType: "type", claimedAt: at, ttlSeconds: 60 });
    const lease = (eventId: string, owner: string, from = at) =>
      store.leaseItem({ ...keyOf(eventId), owner, now: from, leasedUntil: new Date(from.getTime() + 60_000) });
    const put = (id: string, more: object = {}): TransactItem => ({
      Put: { TableName: table, Item: { id, ...more }, ConditionExpression: "attribute_not_exists(id)" },
    });
    const transact = (...items: TransactItem[]) => store.transact(items, crypto.randomUUID());
    const codes = async (...items: TransactItem[]) => {
      const result = await transact(...items);
      return result.status === "committed" ? "committed" : result.reasons.map(({ code }) => code);
    };

    test("a claim is seen once it is committed, by its group, source and id alone", async () => {
      expect(await store.isClaimed(keyOf("a"))).toBe(false);
      expect(await codes(claim("a"))).toBe("committed");
      expect(await store.isClaimed(keyOf("a"))).toBe(true);
      expect(await store.isClaimed(keyOf("b"))).toBe(false);
      expect(await store.isClaimed(keyOf("a", "/other"))).toBe(false);
      expect(await store.isClaimed({ ...keyOf("a"), consumerGroup: `${group}2` })).toBe(false);
    });

    test("a second claim cancels all that comes with it, and every culprit is named", async () => {
      await transact(claim("a"), put("taken"));
      expect(await codes(put("x"), claim("a"), put("taken"), claim("b"))).toEqual([
        "none",
        "conditionFailed",
        "conditionFailed",
        "none",
      ]);
      expect(await store.isClaimed(keyOf("b"))).toBe(false);
    });

    test("a source with # in it is no other event's", async () => {
      await transact(claim("b#c", "/a"));
      expect(await codes(claim("c", "/a#b"))).toBe("committed");
    });

    test("an id longer than a key is still one event", async () => {
      const long = "x".repeat(3_000);
      expect(await codes(claim(long))).toBe("committed");
      expect(await codes(claim(long))).toEqual(["conditionFailed"]);
      expect(await codes(claim(`${long}y`))).toBe("committed");
    });

    test("the same actions under the same token take effect once and succeed again", async () => {
      const items = [claim("a"), put("x")];
      const token = crypto.randomUUID();
      expect((await store.transact(items, token)).status).toBe("committed");
      expect((await store.transact(items, token)).status).toBe("committed");
      expect((await store.transact(items, crypto.randomUUID())).status).toBe("cancelled");
    });

    test("other actions under a token that is taken are refused", async () => {
      const token = crypto.randomUUID();
      await store.transact([put("x")], token);
      await expect(store.transact([put("y")], token)).rejects.toMatchObject({
        name: "IdempotentParameterMismatchException",
      });
    });

    test("values of every type come back, and are told apart when their token comes again", async () => {
      const written = { id: "x", big: 2n ** 60n, tags: new Set(["a", "b"]), sizes: new Set([1, 2]) };
      const token = crypto.randomUUID();
      expect((await store.transact([put("x", written)], token)).status).toBe("committed");
      expect((await store.transact([put("x", written)], token)).status).toBe("committed");
      for (const other of [{ big: 2n ** 60n + 1n }, { tags: new Set(["a", "c"]) }]) {
        await expect(store.transact([put("x", { ...written, ...other })], token)).rejects.toMatchObject({
          name: "IdempotentParameterMismatchException",
        });
      }
      const { Put } = put("x");
      const asking = { Put: Put && { ...Put, ReturnValuesOnConditionCheckFailure: "ALL_OLD" as const } };
      expect(await transact(asking)).toMatchObject({ reasons: [{ existing: written }] });
    });

    test("the item in the way is returned when the action asks for it, and not otherwise", async () => {
      await transact(put("x", { eventId: "first", count: 3, tags: ["a"] }));
      const again = put("x");
      const asking: TransactItem = {
        Put: {
          TableName: table,
          Item: { id: "x" },
          ConditionExpression: "attribute_not_exists(id)",
          ReturnValuesOnConditionCheckFailure: "ALL_OLD",
        },
      };
      expect(await transact(asking)).toEqual({
        status: "cancelled",
        reasons: [{ code: "conditionFailed", existing: { id: "x", eventId: "first", count: 3, tags: ["a"] } }],
      });
      expect(await transact(again)).toEqual({ status: "cancelled", reasons: [{ code: "conditionFailed" }] });
    });

    test("increments under a bound hold or cancel", async () => {
      await transact(put("stock", { remaining: 5 }));
      const take = (by: number): TransactItem => ({
        Update: {
          TableName: table,
          Key: { id: "stock" },
          UpdateExpression: "ADD #a :by",
          ConditionExpression: "#a >= :needed",
          ExpressionAttributeNames: { "#a": "remaining" },
          ExpressionAttributeValues: { ":by": -by, ":needed": by },
        },
      });
      expect(await codes(take(3))).toBe("committed");
      expect(await codes(take(3))).toEqual(["conditionFailed"]);
      expect(await codes(take(2))).toBe("committed");
    });

    test("an update sets attributes, and keeps those that are there where it says so", async () => {
      await transact(put("x", { state: "new" }));
      const set = (id: string, count: number): TransactItem => ({
        Update: {
          TableName: table,
          Key: { id },
          UpdateExpression: "SET #s = if_not_exists(#s, :s), #c = :c",
          ConditionExpression: "attribute_not_exists(#c)",
          ExpressionAttributeNames: { "#s": "state", "#c": "count" },
          ExpressionAttributeValues: { ":s": "made", ":c": count },
        },
      });
      expect(await codes(set("x", 1), set("y", 1))).toBe("committed");
      const asking = (id: string): TransactItem => {
        const { Update } = set(id, 2);
        return Update === undefined
          ? set(id, 2)
          : { Update: { ...Update, ReturnValuesOnConditionCheckFailure: "ALL_OLD" } };
      };
      expect(await transact(asking("x"), asking("y"))).toMatchObject({
        reasons: [{ existing: { state: "new", count: 1 } }, { existing: { state: "made", count: 1 } }],
      });
    });

    test("a lease keeps everybody away until it ends", async () => {
      expect(await codes(lease("a", "one"))).toBe("committed");
      expect(await codes(lease("a", "two"))).toEqual(["conditionFailed"]);
      expect(await codes(lease("a", "one", later(59)))).toEqual(["conditionFailed"]);
      expect(await codes(lease("a", "two", later(61)))).toBe("committed");
      expect(await codes(lease("a", "one", later(62)))).toEqual(["conditionFailed"]);
    });

    test("a lease is no claim, and a claimed event is not leased", async () => {
      await transact(lease("a", "one"));
      expect(await store.isClaimed(keyOf("a"))).toBe(false);
      expect(await codes(store.unclaimedItem(keyOf("a")))).toBe("committed");
      await transact(claim("a"));
      expect(await codes(store.unclaimedItem(keyOf("a")), lease("b", "one"))).toEqual(["conditionFailed", "none"]);
    });

    test("only its owner gives a lease back; then it is free", async () => {
      await transact(lease("a", "one"));
      expect(await codes(store.releaseItem({ ...keyOf("a"), owner: "two" }))).toEqual(["conditionFailed"]);
      expect(await codes(claim("a"), store.releaseItem({ ...keyOf("a"), owner: "one" }))).toBe("committed");
      expect(await codes(store.releaseItem({ ...keyOf("a"), owner: "one" }))).toEqual(["conditionFailed"]);
      expect(await codes(lease("a", "two"))).toBe("committed");
    });

    test("failures belong to a record at its offset, and there are none until they are written", async () => {
      const record = { consumerGroup: group, topic: "orders", partition: 1, offset: 7 };
      expect(await store.failuresOf(record)).toEqual({ attempts: 0 });
      await store.writeFailures({ ...record, attempts: 2, notedAt: at, ttlSeconds: 60 });
      await store.writeFailures({ ...record, attempts: 2, notedAt: at, ttlSeconds: 60 });
      expect(await store.failuresOf(record)).toEqual({ attempts: 2 });
      expect(await store.failuresOf({ ...record, offset: 8 })).toEqual({ attempts: 0 });
      expect(await store.failuresOf({ ...record, consumerGroup: `${group}2` })).toEqual({ attempts: 0 });
    });

    test("that a record is dead-lettered is known beside its attempts", async () => {
      const record = { consumerGroup: group, topic: "orders", partition: 1, offset: 7 };
      await store.writeFailures({ ...record, attempts: 1, notedAt: at, ttlSeconds: 60 });
      await store.writeFailures({ ...record, attempts: 2, deadLettered: "print", notedAt: at, ttlSeconds: 60 });
      expect(await store.failuresOf(record)).toEqual({ attempts: 2, deadLettered: "print" });
      expect(await store.failuresOf({ ...record, partition: 2 })).toEqual({ attempts: 0 });
    });
  });
}
