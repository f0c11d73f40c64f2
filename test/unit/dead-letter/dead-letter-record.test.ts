import { describe, expect, test } from "vitest";
import { deadLetterRecord } from "../../../shared/dead-letter/index.ts";
import { BackboneError } from "../../../shared/errors.ts";

const original = {
  topic: "orders",
  partition: 3,
  offset: 42,
  timestampMs: Date.UTC(2026, 0, 2, 3, 4, 5, 678),
  key: Buffer.from([0, 255]),
  value: Buffer.from([9, 0, 200]),
  headers: [
    ["a", Buffer.from([1])],
    ["b", Buffer.from("é")],
    ["a", Buffer.from([2])],
  ] as [string, Buffer][],
};

function build(error: BackboneError, record = original) {
  const failedAt = new Date("2026-01-03T00:00:00Z");
  return deadLetterRecord({ record, error, attempts: 3, consumerGroup: "inventory", failedAt });
}

function dltHeaders(error: BackboneError, record = original) {
  const texts = build(error, record).headers.map(([name, value]) => [name, value.toString("utf8")] as const);
  return Object.fromEntries(texts.filter(([name]) => name.startsWith("dlt-")));
}

describe("deadLetterRecord", () => {
  test("keeps key, value and headers as they came, repeated names in their order", () => {
    const { key, value, headers } = build(new BackboneError("MALFORMED_PAYLOAD", "cut short"));
    expect(key).toBe(original.key);
    expect(value).toBe(original.value);
    expect(headers.slice(0, 3)).toEqual(original.headers);
  });

  test("says where the record comes from and why it failed, as text", () => {
    const { "dlt-error-stack": stack, ...headers } = dltHeaders(
      new BackboneError("MALFORMED_PAYLOAD", "cut short – ü"),
    );
    expect(headers).toEqual({
      "dlt-original-topic": "orders",
      "dlt-original-partition": "3",
      "dlt-original-offset": "42",
      "dlt-original-timestamp": "2026-01-02T03:04:05.678Z",
      "dlt-consumer-group": "inventory",
      "dlt-error-code": "MALFORMED_PAYLOAD",
      "dlt-error-message": "cut short – ü",
      "dlt-attempts": "3",
      "dlt-redrive-count": "0",
      "dlt-failed-at": "2026-01-03T00:00:00.000Z",
    });
    expect(stack).toMatch(/^BackboneError\n\s+at .*dead-letter-record\.test\.ts/);
  });

  test("gives the frames of the cause without its message, and stays bounded", () => {
    const cause = new TypeError("card 4111\n    at the till\nof nobody");
    const error = new BackboneError("HANDLER_FAILED", "x".repeat(5_000), { cause });
    const headers = dltHeaders(error);
    expect(headers["dlt-error-stack"]).toContain("\ncaused by TypeError\n");
    expect(headers["dlt-error-stack"]).not.toMatch(/4111|the till/);
    expect(headers["dlt-error-message"]).toHaveLength(1_024);
    cause.stack = `TypeError: ${cause.message}\n${"    at 😀\n".repeat(5_000)}`;
    expect(dltHeaders(error)["dlt-error-stack"]?.length).toBeLessThanOrEqual(4_096);
  });

  test("is made of whatever was thrown, without a stack that is no text", () => {
    const cause = Object.assign(new Error(), { message: null, stack: [{}] });
    const error = new BackboneError("HANDLER_FAILED", "the handler threw Error", { cause });
    expect(dltHeaders(error)["dlt-error-stack"]).toMatch(/\ncaused by Error$/);
  });

  test.each([
    [-1, "-1"],
    [9e15, "9000000000000000"],
    [0, "1970-01-01T00:00:00.000Z"],
  ])("writes the original timestamp %d as %s: what is no time stays a number", (timestampMs, text) => {
    const headers = dltHeaders(new BackboneError("RULE_VIOLATED", "no"), { ...original, timestampMs });
    expect(headers["dlt-original-timestamp"]).toBe(text);
  });

  test("carries the redrive count of the latest redrive on", () => {
    const count = (text: string) => ["dlt-redrive-count", Buffer.from(text)] as [string, Buffer];
    const error = new BackboneError("RULE_VIOLATED", "no");
    expect(dltHeaders(error, { ...original, headers: [count("1"), count("2")] })["dlt-redrive-count"]).toBe("2");
    expect(dltHeaders(error, { ...original, headers: [count("many")] })["dlt-redrive-count"]).toBe("0");
  });
});
