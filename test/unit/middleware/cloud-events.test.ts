import middy from "@middy/core";
import { describe, expect, test } from "vitest";
import { BackboneError } from "../../../shared/errors.ts";
import { cloudEvents, recordsOf } from "../../../shared/middleware/index.ts";
import { batchOfEvent } from "../../../shared/processing/index.ts";
import type { Deserializer } from "../../../shared/schema-registry/index.ts";
import { invoke, mskEvent, type TestRecord } from "../../../shared/testing/index.ts";

const event = { id: "e-1", source: "/s", type: "t", data: Buffer.from("data") };

/** Decodes in a plain middy handler: nothing else of this project around it. */
function decode(records: readonly TestRecord[], deserialize: Deserializer["deserialize"]) {
  const handler = middy<unknown, unknown>()
    .use(cloudEvents({ deserializer: { deserialize } }))
    .handler(async (event) => recordsOf(event));
  return invoke(handler, mskEvent({ topic: "orders", records })) as Promise<ReturnType<typeof recordsOf>>;
}

describe("cloudEvents", () => {
  test("turns each record into an event with its data, for a plain handler too", async () => {
    const deserialize = (type: string, value: Buffer) => ({ type, text: value.toString() });
    const [decoded] = await decode([{ event }], deserialize);
    expect(decoded).toMatchObject({
      status: "decoded",
      source: { offset: 0, value: Buffer.from("data") },
      event: { id: "e-1", source: "/s", data: { type: "t", text: "data" } },
    });
  });

  test("takes data at once or later, and keeps the order of the records", async () => {
    const deserialize = (_type: string, value: Buffer) =>
      value.toString() === "later" ? new Promise((resolve) => setImmediate(resolve, "later")) : value.toString();
    const records = ["later", "now", "later"].map((text) => ({ ...event, data: Buffer.from(text) }));
    const decoded = await decode(records, deserialize);
    expect(decoded.map((one) => one.status === "decoded" && one.event.data)).toEqual(["later", "now", "later"]);
  });

  test("takes whatever has a `then` for data that come later, and nothing else", async () => {
    const withThen = (then: unknown) => ({ then });
    const data: Readonly<Record<string, unknown>> = {
      fulfilled: withThen((resolve: (data: string) => void) => resolve("later")),
      rejected: withThen((_: unknown, reject: (error: Error) => void) => reject(new RangeError("too short"))),
      plain: withThen("now"),
    };
    const records = ["fulfilled", "rejected", "plain"].map((text) => ({ ...event, data: Buffer.from(text) }));
    expect(await decode(records, (_type, value) => data[value.toString()])).toMatchObject([
      { status: "decoded", event: { data: "later" } },
      { status: "failed", error: { code: "MALFORMED_PAYLOAD", message: "decoding failed: RangeError" } },
      { status: "decoded", event: { data: withThen("now") } },
    ]);
  });

  test("decodes a batch in one pass when the deserializer answers at once", async () => {
    const turns: number[] = [];
    let turn = 0;
    await decode([event, event, event], () => {
      // Runs before the next record if that one waits for anything.
      queueMicrotask(() => turn++);
      return turns.push(turn);
    });
    expect(new Set(turns).size).toBe(1);
  });

  test("reads an event in structured mode", async () => {
    const structured = { specversion: "1.0", id: "e-9", source: "/s", type: "t", data_base64: "ZGF0YQ==" };
    const value = JSON.stringify(structured);
    const headers = [["content-type", "application/cloudevents+json; charset=UTF-8"]] as const;
    const [decoded] = await decode([{ value, headers }], (_type, data) => data.toString());
    expect(decoded).toMatchObject({ status: "decoded", event: { id: "e-9", data: "data" } });
  });

  test("an event without data, as a tombstone is, is decoded and has none", async () => {
    const { data: _, ...tombstone } = event;
    const [decoded] = await decode([tombstone], () => expect.fail("there is nothing to deserialize"));
    expect(decoded).toMatchObject({ status: "decoded", source: { value: null }, event: { id: "e-1" } });
    expect(decoded?.status === "decoded" && decoded.event.data).toBeUndefined();
  });

  test("with eventTypes, what is of another type is not read and keeps its bytes", async () => {
    const deserializer = { deserialize: (_type: string, value: Buffer) => value.toString() };
    const handler = middy<unknown, unknown>()
      .use(cloudEvents({ deserializer, eventTypes: ["t"] }))
      .handler(async (event) => recordsOf(event));
    const msk = mskEvent({ topic: "orders", records: [event, { ...event, type: "other" }] });
    expect(await invoke(handler, msk)).toMatchObject([
      { status: "decoded", event: { type: "t", data: "data" } },
      { status: "decoded", event: { type: "other", data: Buffer.from("data") } },
    ]);
  });

  test("tells the deserializer what the mapping has deserialized", async () => {
    const msk = mskEvent({ topic: "orders", records: [event] });
    const valueSchemaMetadata = { schemaId: "7", dataFormat: "AVRO" as const };
    for (const record of msk.records["orders-0"] ?? []) Object.assign(record, { valueSchemaMetadata });
    const handler = middy<unknown, unknown>()
      .use(cloudEvents({ deserializer: { deserialize: (_type, _value, valueSchema) => valueSchema } }))
      .handler(async (event) => recordsOf(event)[0]);
    expect(await invoke(handler, msk)).toMatchObject({ event: { data: valueSchemaMetadata } });
  });

  test("one bad record does not fail its batch, and keeps its bytes and what identifies it", async () => {
    const records = [{ headers: [["ce_id", "e-0"]] }, { ...event, data: Buffer.from("bad") }, event] as const;
    const decoded = await decode(records, (_type, value) => {
      if (value.toString() === "bad") throw new BackboneError("MALFORMED_PAYLOAD", "too short");
      return {};
    });
    expect(decoded.map((one) => (one.status === "failed" ? one.error.code : one.status))).toEqual([
      "MALFORMED_EVENT",
      "MALFORMED_PAYLOAD",
      "decoded",
    ]);
    expect(decoded[1]).toMatchObject({ identity: { source: "/s", id: "e-1" }, source: { value: Buffer.from("bad") } });
  });

  test("a failure of the registry is retriable, also when the deserializer lets it through as it came", async () => {
    const errors = [
      new BackboneError("REGISTRY_UNAVAILABLE", "away"),
      new TypeError("fetch failed", { cause: Object.assign(new Error(""), { code: "ECONNREFUSED" }) }),
    ];
    for (const error of errors) {
      const [decoded] = await decode([event], () => Promise.reject(error));
      expect(decoded).toMatchObject({ status: "failed", error: { code: "REGISTRY_UNAVAILABLE", retriable: true } });
    }
  });

  test("an unexpected error of the deserializer is of the record, and its message stays out of ours", async () => {
    const expected = { error: { code: "MALFORMED_PAYLOAD", message: "decoding failed: RangeError" } };
    const thrown = () => {
      throw new RangeError("secret 42");
    };
    expect(await decode([event], thrown)).toMatchObject([expected]);
    expect(await decode([event], async () => thrown())).toMatchObject([expected]);
  });

  test("a deserializer that does not suit the mapping fails the invocation, not the records: INVALID_OPTIONS", async () => {
    const deserialize = () => {
      throw new BackboneError("INVALID_OPTIONS", "the mapping deserializes values");
    };
    await expect(decode([event], deserialize)).rejects.toMatchObject({ code: "INVALID_OPTIONS" });
    await expect(decode([event], async () => deserialize())).rejects.toMatchObject({ code: "INVALID_OPTIONS" });
  });

  test("an event that is none of MSK fails the invocation: MALFORMED_EVENT", async () => {
    const handler = middy<unknown, unknown>()
      .use(cloudEvents({ deserializer: { deserialize: () => 1 } }))
      .handler(async () => {});
    await expect(invoke(handler, { Records: [] })).rejects.toMatchObject({ code: "MALFORMED_EVENT" });
  });

  test("says how long decoding took", async () => {
    const handler = middy<unknown, unknown>()
      .use(cloudEvents({ deserializer: { deserialize: () => 1 } }))
      .handler(async (event) => batchOfEvent(event)?.decodeMs);
    expect(await invoke(handler, mskEvent({ topic: "orders", records: [event] }))).toBeGreaterThan(0);
  });

  test("refuses wrong and unknown options: INVALID_OPTIONS", () => {
    expect(() => cloudEvents({ deserializer: {}, strict: true } as never)).toThrow(
      /^wrong options for cloudEvents: deserializer: must be a deserializer; strict: /,
    );
    const deserializer = { deserialize: () => 1 };
    expect(() => cloudEvents({ deserializer, eventTypes: [] })).toThrow(/eventTypes: must be a list of event types/);
  });
});
