import { describe, expect, test } from "vitest";
import { BackboneError } from "../../../shared/errors.ts";
import { deadLetters, idempotency } from "../../../shared/middleware/index.ts";
import { batchOf, batchOfEvent } from "../../../shared/processing/index.ts";
import { MemoryStore } from "../processing/memory-store.ts";

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

describe("middlewares on their own", () => {
  test("each creates the batch when it is the first", () => {
    const request = { event: {}, internal: {} };
    idempotency({ store: new MemoryStore(), consumerGroup: "g", ttlSeconds: 60 }).before(request);
    expect(batchOf(request).claims).toMatchObject({ consumerGroup: "g", ttlSeconds: 60 });
  });

  test("deadLetters wraps what is no error of ours as KAFKA_UNAVAILABLE", async () => {
    const request = { event: {}, internal: {} };
    const send = () => Promise.reject(new Error("not connected"));
    deadLetters({ topic: "t.dlt", consumerGroup: "g", producer: { send } }).before(request);
    const record = { topic: "t", partition: 0, offset: 1, timestampMs: 0, key: null, value: null, headers: [] };
    const error = new BackboneError("MALFORMED_EVENT", "x");
    const published = batchOf(request).deadLetters?.publish({ record, error, attempts: 1 });
    await expect(published).rejects.toMatchObject({ code: "KAFKA_UNAVAILABLE" });
  });

  test("options are checked once, all problems in one message", () => {
    const wrong = { topic: "", consumerGroup: "g", producer: {}, maxAttempts: 0, retries: 1 };
    expect(() => deadLetters(wrong as never)).toThrow(
      /topic: must name a topic.*producer: must be a producer.*maxAttempts: .*retries: /s,
    );
    expect(() => idempotency({ store: new MemoryStore(), consumerGroup: "a#b", ttlSeconds: 1 })).toThrow(
      /consumerGroup/,
    );
  });
});
