import middy from "@middy/core";
import { describe, expect, test } from "vitest";
import {
  batchOfEvent,
  cloudEvents,
  idempotency,
  partialBatchResponse,
  type RecordOutcome,
  recordsOf,
  reportOutcomes,
} from "../../../shared/middleware/index.ts";
import { batchOf } from "../../../shared/processing/index.ts";
import { invoke, jsonDeserializer, MemoryStore, mskEvent } from "../../../shared/testing/index.ts";

describe("batchOf", () => {
  test("gives each request a batch of its own, also for one event object", () => {
    const event = { records: {} };
    const first = { event, internal: {} };
    const second = { event, internal: {} };
    expect(batchOf(first)).not.toBe(batchOf(second));
    expect(batchOf(first)).toBe(batchOf(first));
    expect(Object.getOwnPropertySymbols(event)).toEqual([]);
  });

  test("lets the handler reach the batch through the event, and leaves the event as it was", () => {
    const request = { event: { records: {} }, internal: {} };
    const batch = batchOf(request);
    expect(batchOfEvent(request.event)).toBe(batch);
    expect(JSON.stringify(request.event)).toBe('{"records":{}}');
    expect(batchOfEvent({ records: {} })).toBeUndefined();
  });
});

describe("idempotency", () => {
  test("puts store and policy where a plain handler finds them", async () => {
    const store = new MemoryStore();
    const handler = middy<unknown, unknown>()
      .use(idempotency({ store, consumerGroup: "g", ttlSeconds: 60 }))
      .handler(async (event) => batchOfEvent(event)?.claims);
    expect(await invoke(handler, {})).toEqual({ store, consumerGroup: "g", ttlSeconds: 60 });
  });

  test("refuses wrong and unknown options: INVALID_OPTIONS", () => {
    const wrong = { store: {}, consumerGroup: "a#b", ttlSeconds: 0, ttl: 1 };
    expect(() => idempotency(wrong as never)).toThrow(/store: .*consumerGroup: .*ttlSeconds: .*ttl: /s);
  });
});

describe("a handler that is not made by eachRecord", () => {
  const records = ["e-1", "e-2"].map((id) => ({ id, source: "/s", type: "t", partitionkey: "k", data: { id } }));
  const event = mskEvent({ topic: "orders", records });

  function plain(outcomes: (records: ReturnType<typeof recordsOf>) => readonly RecordOutcome[]) {
    return middy<unknown, unknown>()
      .use(partialBatchResponse({ reportBatchItemFailures: true }))
      .use(cloudEvents({ deserializer: jsonDeserializer }))
      .handler(async (event) => reportOutcomes(event, outcomes(recordsOf(event))));
  }

  test("says how records ended, and the mapping hears of it", async () => {
    const handler = plain((records) => records.map((record) => ({ record, status: "processed" })));
    expect(await invoke(handler, event)).toEqual({ batchItemFailures: [] });
  });

  test("cannot leave a record out: ACCOUNTING_FAILED", async () => {
    const handler = plain(([record]) => (record ? [{ record, status: "processed" }] : []));
    await expect(invoke(handler, event)).rejects.toMatchObject({ code: "ACCOUNTING_FAILED" });
  });

  test("needs cloudEvents() before it: INVALID_OPTIONS", () => {
    expect(() => recordsOf({})).toThrow(expect.objectContaining({ code: "INVALID_OPTIONS" }));
    expect(() => reportOutcomes({}, [])).toThrow(expect.objectContaining({ code: "INVALID_OPTIONS" }));
  });
});
