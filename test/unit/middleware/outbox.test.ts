import { describe, expect, test } from "vitest";
import { toEvent } from "../../../shared/cloudevents/index.ts";
import { BackboneError } from "../../../shared/errors.ts";
import { type OutboxOptions, outbox } from "../../../shared/middleware/index.ts";
import { readOutboxItem } from "../../../shared/outbox/index.ts";
import { batchOf, type Decide, type Publication } from "../../../shared/processing/index.ts";
import type { Serializer } from "../../../shared/schema-registry/index.ts";
import { MemoryStore } from "../../../shared/testing/index.ts";
import { decoded, type Order, type Run, runBatch, writeName } from "../processing/run-batch.ts";

const json: Serializer = {
  serialize: async (_type, data) => Buffer.from(JSON.stringify(data)),
  contentTypeOf: () => "application/json",
};

function publication(type: string, changes: Partial<Publication["event"]> = {}): Publication {
  return { topic: "events", key: "k", event: { source: "/service", type, data: { type }, ...changes } };
}

function publishing(...publish: readonly Publication[]): Decide<Order> {
  return async (event, record) => ({ ...(await writeName(event, record)), publish });
}

const keys = { outbox: ["groupKey", "sourcePosition"] };

/** Runs the engine with the middleware, and reads what is in the outbox afterwards. */
async function run(run: Run, options: Partial<OutboxOptions> = {}) {
  const { store = new MemoryStore({ keys }) } = run;
  const { before } = outbox({ table: "outbox", serializers: { events: json }, ...options });
  const result = await runBatch({
    ...run,
    store,
    without(batch) {
      const request = { event: {}, internal: {} };
      before(request);
      const policy = batchOf(request).outbox;
      if (policy) batch.outbox = policy;
    },
  });
  const items = [...store.table("outbox").values()].map(readOutboxItem);
  const events = items.flatMap(({ records }) =>
    records.map(({ topic, record }) => toEvent({ topic, ...record, partition: 0, offset: 0, timestampMs: 0 })),
  );
  return { ...result, items, events };
}

describe("outbox", () => {
  test("keeps what a decision publishes in one item, in its order, in the transaction of its effects", async () => {
    const records = [decoded({ id: "a", key: "order-1", partition: 2, offset: 7 })];

    const { ends, store, items, events } = await run({
      records,
      decide: publishing(publication("First"), publication("Second")),
    });

    expect(ends).toEqual(["processed"]);
    expect(items).toMatchObject([
      { groupKey: "group#text#order-1", sourcePosition: "orders#0000000002#0000000000000007" },
    ]);
    expect(events).toMatchObject([
      { type: "First", source: "/service", datacontenttype: "application/json" },
      { type: "Second" },
    ]);
    expect(items[0]?.records[0]?.record).toMatchObject({
      key: Buffer.from("k"),
      value: Buffer.from('{"type":"First"}'),
    });
    expect(store.calls.map((actions) => actions.map(({ Put }) => Put?.TableName))).toEqual([
      ["claims", "names", "outbox"],
    ]);
  });

  test("an event without an id has the same one each time its record is decided, and another than every other", async () => {
    const once = () =>
      run({
        records: [decoded({ id: "a" }), decoded({ id: "b" })],
        decide: publishing(publication("T"), publication("T")),
      });
    const [first, second] = [await once(), await once()];

    const ids = first.events.map(({ id }) => id);
    expect(second.events.map(({ id }) => id)).toEqual(ids);
    expect(new Set(ids).size).toBe(4);
  });

  test("an id of the event's own stays", async () => {
    const { events } = await run({
      records: [decoded({ id: "a" })],
      decide: publishing(publication("T", { id: "mine" })),
    });

    expect(events).toMatchObject([{ id: "mine" }]);
  });

  test("an event without data is kept without a value", async () => {
    const decide = publishing(publication("Deleted", { data: null }));

    const { ends, items, events } = await run({ records: [decoded({ id: "a" })], decide });

    expect(ends).toEqual(["processed"]);
    expect(items[0]?.records[0]?.record.value).toBeNull();
    expect(events[0]).toMatchObject({ type: "Deleted" });
    expect(events[0]).not.toHaveProperty("data");
  });

  test("the trace goes on in which the consumed record came", async () => {
    const traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    const record = decoded({ id: "a" });
    const source = { ...record.source, headers: [["traceparent", Buffer.from(traceparent)] as const] };

    const { events, items } = await run({ records: [{ ...record, source }], decide: publishing(publication("T")) });

    expect(events).toMatchObject([{ traceparent }]);
    const headers = new Map(items[0]?.records[0]?.record.headers);
    expect(headers.get("traceparent")?.toString()).toBe(traceparent);
  });

  test("a place that another item has is waited for: the record counts no attempt, and its events go there once it is free", async () => {
    const store = new MemoryStore({ keys });
    const place = { key: "order-1", partition: 2, offset: 7 };
    // As before its topic was made anew under its name.
    await run({ records: [decoded({ id: "earlier", ...place })], decide: publishing(publication("First")), store });
    const publishes = publishing(publication("Second"));
    const waits = { records: [decoded({ id: "a", ...place })], store, maxAttempts: 1, options: { maxRedecisions: 2 } };

    const meanwhile = await run({ ...waits, decide: publishes, remainingMs: 1_000 });
    const claims = [...store.table("claims").keys()];
    let decisions = 0;
    const { ends, events } = await run({
      ...waits,
      decide: (event, record) => {
        if (++decisions === 5) store.table("outbox").clear();
        return publishes(event, record);
      },
    });

    expect(meanwhile.ends).toEqual(["unfinished STATE_MOVED"]);
    expect(meanwhile.published).toEqual([]);
    expect(meanwhile.events).toMatchObject([{ type: "First" }]);
    expect(claims).toEqual(["group#/test#earlier"]);
    expect(ends).toEqual(["processed"]);
    expect(events).toMatchObject([{ type: "Second" }]);
  });

  test("a duplicate leaves nothing behind", async () => {
    const record = decoded({ id: "a" });

    const { ends, items } = await run({ records: [record, { ...record }], decide: publishing(publication("T")) });

    expect(ends).toEqual(["processed", "duplicate"]);
    expect(items).toHaveLength(1);
  });

  test("a decision that publishes nothing leaves nothing", async () => {
    const { items } = await run({ records: [decoded({ id: "a" })], decide: publishing() });

    expect(items).toEqual([]);
  });
});

describe("what cannot be published", () => {
  test("data that does not fit its schema fails the record alone, and none of its effects is committed", async () => {
    const misfit = new BackboneError("SCHEMA_MISMATCH", "does not fit");
    const serializer: Serializer = { serialize: () => Promise.reject(misfit) };
    const decide: Decide<Order> = (event, record) =>
      publishing(...(event.id === "bad" ? [publication("T")] : []))(event, record);

    const { ends, store } = await run(
      { records: [decoded({ id: "bad" }), decoded({ id: "b" })], decide },
      { serializers: { events: serializer } },
    );

    expect(ends).toEqual(["deadLettered SCHEMA_MISMATCH", "processed"]);
    expect([...store.table("names").keys()]).toEqual(["b"]);
  });

  test("with the registry away the record comes again", async () => {
    const away = new BackboneError("REGISTRY_UNAVAILABLE", "away");
    const serializer: Serializer = { serialize: () => Promise.reject(away) };

    const { ends } = await run(
      { records: [decoded({ id: "a" })], decide: publishing(publication("T")), remainingMs: 1_000 },
      { serializers: { events: serializer } },
    );

    expect(ends).toEqual(["unfinished REGISTRY_UNAVAILABLE"]);
  });

  test("a record larger than allowed never gets into the outbox", async () => {
    const { ends, items } = await run(
      { records: [decoded({ id: "a" })], decide: publishing(publication("T", { data: "x".repeat(1_000) })) },
      { maxRecordBytes: 1_000 },
    );

    expect(ends).toEqual(["deadLettered RECORD_TOO_LARGE"]);
    expect(items).toEqual([]);
  });

  test("more than an item of DynamoDB holds is too large", async () => {
    const big = publication("T", { data: "x".repeat(250_000) });

    const { ends } = await run({ records: [decoded({ id: "a" })], decide: publishing(big, big) });

    expect(ends).toEqual(["deadLettered EFFECTS_TOO_LARGE"]);
  });

  test("a topic without a serializer fails the invocation, and dead-letters nothing", async () => {
    const elsewhere = { ...publication("T"), topic: "elsewhere" };

    await expect(run({ records: [decoded({ id: "a" })], decide: publishing(elsewhere) })).rejects.toMatchObject({
      code: "INVALID_OPTIONS",
      message: "outbox() has no serializer for the topic 'elsewhere', only: events",
    });
  });

  test("without outbox() a decision that publishes fails the invocation", async () => {
    const publish = async () => expect.unreachable("nothing is dead-lettered");

    await expect(
      runBatch({ records: [decoded({ id: "a" })], decide: publishing(publication("T")), publish }),
    ).rejects.toMatchObject({ code: "INVALID_OPTIONS" });
  });
});

test.each([
  [{ table: "" }, "table"],
  [{ maxRecordBytes: 0 }, "maxRecordBytes"],
  [{ serializers: { events: {} as Serializer } }, "serializers.events"],
])("outbox refuses %o", (options, named) => {
  expect(() => outbox({ table: "outbox", serializers: {}, ...options })).toThrow(
    expect.objectContaining({ code: "INVALID_OPTIONS", message: expect.stringContaining(named) }),
  );
});
