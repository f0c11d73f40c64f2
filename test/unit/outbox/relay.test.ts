import { describe, expect, test } from "vitest";
import { BackboneError, type ErrorCode } from "../../../shared/errors.ts";
import type { OutgoingRecord } from "../../../shared/kafka/index.ts";
import { createOutboxRelay } from "../../../shared/outbox/index.ts";
import { FakeTable, unsent } from "./fake-table.ts";

const later = new Date(10_000);

function relayOf(table: FakeTable) {
  const sent: string[] = [];
  const inFlight = new Map<string, number>();
  let most = 0;
  const refusals = new Map<string, ErrorCode>();
  const lines: Record<string, unknown>[] = [];
  const log =
    (level: string) =>
    (message: string, fields: object = {}) =>
      void lines.push({ level, message, ...fields });
  const clock = { now: 1_000 };
  const relay = createOutboxRelay({
    client: table.client,
    table: "outbox",
    producer: {
      async send(_topic: string, { value, key }: OutgoingRecord) {
        const text = String(value);
        const flying = (inFlight.get(String(key)) ?? 0) + 1;
        inFlight.set(String(key), flying);
        most = Math.max(most, flying);
        await new Promise(setImmediate);
        inFlight.set(String(key), flying - 1);
        const code = refusals.get(text);
        if (code) throw new BackboneError(code, `${text} was refused`);
        sent.push(text);
      },
    },
    logger: { info: log("info"), warn: log("warn"), error: log("error") },
    now: () => new Date(clock.now),
  });
  return { relay, sent, refusals, lines, clock, mostInFlight: () => most };
}

describe("relayKeys", () => {
  test("sends a key's items in their order, each record after the one before it, and deletes them", async () => {
    const table = new FakeTable();
    table.put("k", 10, [unsent("third")]);
    const { groupKey } = table.put("k", 9, [unsent("first"), unsent("second")]);
    const { relay, sent, mostInFlight } = relayOf(table);

    expect(await relay.relayKeys([groupKey], later)).toEqual([{ groupKey, sent: 3 }]);

    expect(sent).toEqual(["first", "second", "third"]);
    expect(mostInFlight()).toBe(1);
    expect(table.items).toEqual([]);
    expect(table.calls).toEqual(["consistent query", "delete 2"]);
  });

  test("deletes the items of many keys together", async () => {
    const table = new FakeTable();
    const keys = Array.from({ length: 60 }, (_, index) => table.put(`k${index}`, index, [unsent(`${index}`)]).groupKey);
    const { relay, sent } = relayOf(table);

    await relay.relayKeys([...keys, ...keys], later);

    expect(sent).toHaveLength(60);
    expect(table.calls.filter((call) => call.startsWith("delete"))).toEqual(["delete 25", "delete 25", "delete 10"]);
  });

  test("a key with many items is sent page by page", async () => {
    const table = new FakeTable();
    const offsets = Array.from({ length: 60 }, (_, offset) => offset);
    const [groupKey = ""] = offsets.map((offset) => table.put("k", offset, [unsent(String(offset))]).groupKey);
    const { relay, sent } = relayOf(table);

    await relay.relayKeys([groupKey], later);

    expect(sent).toEqual(offsets.map(String));
    expect(table.calls.filter((call) => call.startsWith("delete"))).toEqual(["delete 25", "delete 25", "delete 10"]);
  });

  test("a key stops at its first failure and keeps what was not acknowledged, the others go on", async () => {
    const table = new FakeTable();
    const { groupKey } = table.put("k", 1, [unsent("a1")]);
    table.put("k", 2, [unsent("a2"), unsent("a3")]);
    table.put("k", 3, [unsent("a4")]);
    const { groupKey: other } = table.put("l", 4, [unsent("b1")]);
    const { relay, sent, refusals, lines } = relayOf(table);
    refusals.set("a3", "KAFKA_UNAVAILABLE");

    const relayed = await relay.relayKeys([groupKey, other], later);

    expect(relayed.toSorted((a, b) => a.groupKey.localeCompare(b.groupKey))).toMatchObject([
      { groupKey, sent: 2, error: { code: "KAFKA_UNAVAILABLE" } },
      { groupKey: other, sent: 1 },
    ]);
    expect(sent.toSorted()).toEqual(["a1", "a2", "b1"]);
    expect(table.items.map(({ sourcePosition }) => Number(sourcePosition.split("#")[2]))).toEqual([2, 3]);
    expect(lines).toMatchObject([{ level: "warn", topic: "events", eventId: "a3", code: "KAFKA_UNAVAILABLE" }]);
    expect(JSON.stringify(lines)).not.toContain(groupKey);

    refusals.clear();
    await relay.relayKeys([groupKey], later);

    expect(sent.filter((text) => text.startsWith("a"))).toEqual(["a1", "a2", "a2", "a3", "a4"]);
    expect(table.items).toEqual([]);
  });

  test.each(["RECORD_TOO_LARGE", "RECORD_REFUSED"] as const)(
    "a record that kafka refuses for good stays and holds its key back, with an error in the log: %s",
    async (code) => {
      const table = new FakeTable();
      const { groupKey } = table.put("k", 1, [unsent("big")]);
      table.put("k", 2, [unsent("next")]);
      const { relay, sent, refusals, lines } = relayOf(table);
      refusals.set("big", code);

      expect(await relay.relayKeys([groupKey], later)).toMatchObject([{ sent: 0, error: { code } }]);

      expect(sent).toEqual([]);
      expect(table.items).toHaveLength(2);
      expect(lines).toMatchObject([{ level: "error", eventId: "big", code }]);
    },
  );

  test("an item that cannot be read holds its key back, after what is before it was sent", async () => {
    const table = new FakeTable();
    const { groupKey } = table.put("k", 1, [unsent("good")]);
    table.put("k", 2, []);
    const { relay, sent } = relayOf(table);

    expect(await relay.relayKeys([groupKey], later)).toMatchObject([
      { sent: 1, error: { code: "MALFORMED_OUTBOX_ITEM" } },
    ]);

    expect(sent).toEqual(["good"]);
    expect(table.items).toHaveLength(1);
  });

  test("no send begins after the deadline", async () => {
    const table = new FakeTable();
    const { groupKey } = table.put("k", 1, [unsent("a")]);
    const { relay, sent, clock } = relayOf(table);
    clock.now = later.getTime();

    expect(await relay.relayKeys([groupKey], later)).toMatchObject([{ sent: 0, error: { code: "DEADLINE_REACHED" } }]);

    expect(sent).toEqual([]);
  });

  test("deletions that DynamoDB leaves unprocessed are made again", async () => {
    const table = new FakeTable();
    const { groupKey } = table.put("k", 1, [unsent("a")]);
    table.put("k", 2, [unsent("b")]);
    table.unprocessed = 1;
    const { relay } = relayOf(table);

    await relay.relayKeys([groupKey], later);

    expect(table.items).toEqual([]);
    expect(table.calls).toEqual(["consistent query", "delete 2", "delete 1"]);
  });

  test("with the table away the key comes again", async () => {
    const table = new FakeTable();
    table.failure = Object.assign(new Error("no table for 'k'"), { name: "ThrottlingException" });
    const { relay } = relayOf(table);

    expect(await relay.relayKeys(["k"], later)).toMatchObject([
      {
        sent: 0,
        error: { code: "DATABASE_UNAVAILABLE", message: "the outbox's table did not answer: ThrottlingException" },
      },
    ]);
  });
});

describe("sweep", () => {
  test("sends the keys of old items whole, and leaves young keys to the stream", async () => {
    const table = new FakeTable();
    table.put("old", 1, [unsent("a")], 100);
    table.put("old", 2, [unsent("b")], 990);
    table.put("young", 3, [unsent("c")], 990);
    const { relay, sent } = relayOf(table);

    const { keys, oldestAgeMs } = await relay.sweep({ olderThanMs: 500, deadline: later });

    expect(keys).toEqual([{ groupKey: "group#text#old", sent: 2 }]);
    expect(oldestAgeMs).toBe(900);
    expect(sent).toEqual(["a", "b"]);
    expect(table.items.map(({ groupKey }) => groupKey)).toEqual(["group#text#young"]);
  });

  test("goes through all pages, and meets each key once", async () => {
    const table = new FakeTable();
    table.pageSize = 1;
    table.put("k", 1, [unsent("a")]);
    table.put("k", 2, [unsent("b")]);
    table.put("l", 3, [unsent("c")]);
    const { relay, sent, refusals } = relayOf(table);
    refusals.set("a", "KAFKA_UNAVAILABLE");

    const { keys } = await relay.sweep({ olderThanMs: 0, deadline: later });

    expect(keys).toMatchObject([
      { groupKey: "group#text#k", sent: 0 },
      { groupKey: "group#text#l", sent: 1 },
    ]);
    expect(sent).toEqual(["c"]);
  });

  test("ends with the deadline, though there is more", async () => {
    const table = new FakeTable();
    table.pageSize = 1;
    table.put("k", 1, [unsent("a")]);
    table.put("l", 2, [unsent("b")]);
    const { relay, clock } = relayOf(table);
    clock.now = later.getTime();

    const { keys } = await relay.sweep({ olderThanMs: 0, deadline: later });

    expect(keys).toMatchObject([{ groupKey: "group#text#k", error: { code: "DEADLINE_REACHED" } }]);
    expect(table.calls.filter((call) => call === "scan")).toHaveLength(1);
  });

  test("with the table away it fails", async () => {
    const table = new FakeTable();
    table.failure = new Error("away");
    const { relay } = relayOf(table);

    await expect(relay.sweep({ olderThanMs: 0, deadline: later })).rejects.toMatchObject({
      code: "DATABASE_UNAVAILABLE",
    });
  });
});
