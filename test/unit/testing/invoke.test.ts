import middy from "@middy/core";
import { expect, test } from "vitest";
import { BackboneError } from "../../../shared/errors.ts";
import { invoke, jsonDeserializer, MemoryProducer, MemoryStore } from "../../../shared/testing/index.ts";

test("invoke hands over a copy that has been through JSON, and a context that counts down", async () => {
  const event = { at: new Date(0) };
  const handler = middy<unknown, unknown>().handler(async (received, context) => {
    const before = context.getRemainingTimeInMillis();
    await new Promise((resolve) => setTimeout(resolve, 5));
    return { received, name: context.functionName, elapsed: before - context.getRemainingTimeInMillis(), before };
  });
  const answer = await invoke<unknown, unknown>(handler, event, { timeoutMs: 60_000, context: { functionName: "f" } });
  expect(answer).toMatchObject({ received: { at: "1970-01-01T00:00:00.000Z" }, name: "f" });
  const { before, elapsed } = answer as { before: number; elapsed: number };
  expect(before).toBeGreaterThan(30_000);
  expect(before).toBeLessThanOrEqual(60_000);
  expect(elapsed).toBeGreaterThan(0);
});

test("invoke rejects with what the handler throws", async () => {
  const handler = async () => {
    throw new BackboneError("HANDLER_FAILED", "broken");
  };
  await expect(invoke(handler, {})).rejects.toMatchObject({ code: "HANDLER_FAILED" });
});

test("the JSON deserializer says MALFORMED_PAYLOAD without quoting the payload", () => {
  expect(jsonDeserializer.deserialize("t", Buffer.from('{"a":1}'))).toEqual({ a: 1 });
  const read = () => jsonDeserializer.deserialize("t", Buffer.from("secret"));
  expect(read).toThrow(expect.objectContaining({ code: "MALFORMED_PAYLOAD", message: "value of t is no json" }));
});

test("the memory producer gives what was sent, or KAFKA_UNAVAILABLE", async () => {
  const producer = new MemoryProducer();
  const record = {
    key: null,
    value: null,
    headers: [["a", Buffer.from("1")] as const, ["a", Buffer.from("2")] as const],
  };
  await producer.send("t", record);
  producer.isAway = true;
  await expect(producer.send("t", record)).rejects.toMatchObject({ code: "KAFKA_UNAVAILABLE" });
  expect(producer.sent).toEqual([{ topic: "t", record }]);
  expect(producer.header(0, "a")).toBe("2");
  expect(producer.header(1, "a")).toBeUndefined();
});

test("the memory store refuses a write that it would not understand: INVALID_OPTIONS", async () => {
  const remove = { Delete: { TableName: "t", Key: { id: "1" }, ConditionExpression: "size(id) > :n" } };
  await expect(new MemoryStore().transact([remove], "token")).rejects.toMatchObject({ code: "INVALID_OPTIONS" });
});
