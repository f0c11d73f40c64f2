import { describe, expect, test } from "vitest";
import { deadLetterRecord, type ForeignHeaders } from "../../../shared/dead-letter/index.ts";
import { BackboneError } from "../../../shared/errors.ts";
import type { SourceRecord } from "../../../shared/msk-event/index.ts";

const record = {
  topic: "orders",
  partition: 3,
  offset: 2 ** 40 + 7,
  timestampMs: 1_767_225_600_123,
  key: null,
  value: Buffer.from([1]),
  headers: [] as [string, Buffer][],
};

function headersFor(name: ForeignHeaders, error: BackboneError, original: SourceRecord = record) {
  const failedAt = new Date(0);
  const letter = { record: original, error, attempts: 1, consumerGroup: "inventory", failedAt };
  const { headers } = deadLetterRecord(letter, { headersFor: [name] });
  const prefix = { spring: "kafka_dlt-", connect: "__connect.errors." }[name];
  const own = headers.slice(original.headers.length).filter(([header]) => header.startsWith(prefix));
  return new Map(own.map(([header, value]) => [header.slice(prefix.length), value]));
}

describe("headers of Spring Kafka", () => {
  test("say where the record comes from in big-endian binary numbers", () => {
    const headers = headersFor("spring", new BackboneError("MALFORMED_PAYLOAD", "cut short – ü"));
    expect(headers.get("original-topic")?.toString()).toBe("orders");
    expect(headers.get("original-partition")).toEqual(Buffer.from("00000003", "hex"));
    expect(headers.get("original-offset")).toEqual(Buffer.from("0000010000000007", "hex"));
    expect(headers.get("original-timestamp")?.readBigInt64BE()).toBe(1_767_225_600_123n);
    expect(headers.get("original-consumer-group")?.toString()).toBe("inventory");
  });

  test.each([
    ["CREATE_TIME", "CreateTime"],
    ["LOG_APPEND_TIME", "LogAppendTime"],
    [undefined, undefined],
    ["toString" as never, undefined],
  ] as const)("call a timestamp of type %s %s, as Java does", (timestampType, name) => {
    const headers = headersFor("spring", new BackboneError("MALFORMED_EVENT", "x"), { ...record, timestampType });
    expect(headers.get("original-timestamp-type")?.toString()).toBe(name);
  });

  test("say why it failed, the cause by its name alone", () => {
    const cause = new TypeError("card 4111");
    const headers = headersFor("spring", new BackboneError("HANDLER_FAILED", "the handler threw – ü", { cause }));
    expect(headers.get("exception-fqcn")?.toString()).toBe("BackboneError.HANDLER_FAILED");
    expect(headers.get("exception-cause-fqcn")?.toString()).toBe("TypeError");
    expect(headers.get("exception-message")?.toString()).toBe("the handler threw – ü");
    expect(headers.get("exception-stacktrace")?.toString()).toMatch(/^BackboneError\n\s+at .*\ncaused by TypeError\n/s);
    expect([...headers.values()].join()).not.toContain("4111");
    expect(headersFor("spring", new BackboneError("MALFORMED_EVENT", "x")).has("exception-cause-fqcn")).toBe(false);
  });

  test("have -1 for a timestamp that is no whole number", () => {
    const headers = headersFor("spring", new BackboneError("MALFORMED_EVENT", "x"), { ...record, timestampMs: 0.5 });
    expect(headers.get("original-timestamp")?.readBigInt64BE()).toBe(-1n);
  });
});

describe("headers of Kafka Connect", () => {
  const texts = (headers: Map<string, Buffer>) => Object.fromEntries([...headers].map(([n, v]) => [n, v.toString()]));

  test("are text, numbers in decimal", () => {
    const headers = texts(headersFor("connect", new BackboneError("MALFORMED_PAYLOAD", "cut short – ü")));
    const { "exception.stacktrace": stack, ...rest } = headers;
    expect(rest).toEqual({
      topic: "orders",
      partition: "3",
      offset: "1099511627783",
      "connector.name": "inventory",
      "task.id": "0",
      stage: "VALUE_CONVERTER",
      "class.name": "cloudEvents",
      "exception.class.name": "BackboneError.MALFORMED_PAYLOAD",
      "exception.message": "cut short – ü",
    });
    expect(stack).toMatch(/^BackboneError\n\s+at /);
    expect(texts(headersFor("connect", new BackboneError("RULE_VIOLATED", "no")))).toMatchObject({
      stage: "TASK_PUT",
      "class.name": "eachRecord",
    });
  });

  test("that the record has already are left as they are", () => {
    const earlier = [["__connect.errors.topic", Buffer.from("first")] as [string, Buffer]];
    const headers = headersFor("connect", new BackboneError("MALFORMED_EVENT", "x"), { ...record, headers: earlier });
    expect(headers.has("topic")).toBe(false);
    expect(headers.has("offset")).toBe(true);
  });
});
