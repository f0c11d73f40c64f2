import middy from "@middy/core";
import { describe, expect, test } from "vitest";
import { BackboneError } from "../../../shared/errors.ts";
import type { OutgoingRecord } from "../../../shared/kafka/index.ts";
import { type DeadLettersOptions, deadLetters } from "../../../shared/middleware/index.ts";
import { batchOfEvent } from "../../../shared/processing/index.ts";
import { invoke, MemoryProducer } from "../../../shared/testing/index.ts";

const record = { topic: "t", partition: 0, offset: 1, timestampMs: 0, key: null, value: null, headers: [] };
const error = new BackboneError("MALFORMED_EVENT", "x".repeat(2_000));

/** Publishes a dead letter from a plain middy handler: nothing else of this project around it. */
function publish(options: Partial<DeadLettersOptions> & Pick<DeadLettersOptions, "producer">) {
  const handler = middy<unknown, unknown>()
    .use(deadLetters({ topic: "t.dlt", consumerGroup: "g", ...options }))
    .handler(async (event) => batchOfEvent(event)?.deadLetters?.publish({ record, error, attempts: 1 }));
  return invoke(handler, {});
}

const namesOf = (record: OutgoingRecord | undefined) => record?.headers.map(([name]) => name) ?? [];

describe("deadLetters", () => {
  test("publishes for a plain handler, which awaits the acknowledgement", async () => {
    const producer = new MemoryProducer();
    await publish({ producer, now: () => new Date(0) });
    expect(producer.sent[0]?.topic).toBe("t.dlt");
    expect(producer.header(0, "dlt-consumer-group")).toBe("g");
    expect(producer.header(0, "dlt-failed-at")).toBe("1970-01-01T00:00:00.000Z");
    expect(namesOf(producer.sent[0]?.record).every((name) => name.startsWith("dlt-"))).toBe(true);
  });

  test("tells the engine whose dead letters they are", async () => {
    const handler = middy<unknown, unknown>()
      .use(deadLetters({ topic: "t.dlt", consumerGroup: "g", producer: new MemoryProducer() }))
      .handler(async (event) => batchOfEvent(event)?.deadLetters?.consumerGroup);
    expect(await invoke(handler, {})).toBe("g");
  });

  test("writes the names of Spring and Connect besides, when asked to", async () => {
    const producer = new MemoryProducer();
    await publish({ producer, headersFor: ["spring", "connect"] });
    expect(namesOf(producer.sent[0]?.record)).toEqual(
      expect.arrayContaining(["dlt-error-code", "kafka_dlt-original-offset", "__connect.errors.offset"]),
    );
  });

  test("sends a record that its headers make too large with the short ones alone: RECORD_TOO_LARGE", async () => {
    const tried: OutgoingRecord[] = [];
    const send = async (_topic: string, record: OutgoingRecord) => {
      tried.push(record);
      if (tried.length === 1) throw new BackboneError("RECORD_TOO_LARGE", "too large");
    };
    await publish({ producer: { send }, headersFor: ["spring"] });
    expect(namesOf(tried[0])).toContain("dlt-error-stack");
    expect(namesOf(tried[1])).not.toContain("dlt-error-stack");
    expect(namesOf(tried[1]).some((name) => name.startsWith("kafka_dlt-"))).toBe(false);
    expect(namesOf(tried[1])).toEqual(expect.arrayContaining(["dlt-error-code", "dlt-original-offset"]));
  });

  test("does not send again what the topic refuses for another reason than its size: RECORD_REFUSED", async () => {
    const refused = new BackboneError("RECORD_REFUSED", "no key");
    let tried = 0;
    const send = async () => {
      tried += 1;
      throw refused;
    };
    await expect(publish({ producer: { send } })).rejects.toBe(refused);
    expect(tried).toBe(1);
  });

  test("wraps what is no error of ours as KAFKA_UNAVAILABLE, and lets ours through", async () => {
    const failing = (error: Error) => publish({ producer: { send: () => Promise.reject(error) } });
    await expect(failing(new Error("not connected"))).rejects.toMatchObject({ code: "KAFKA_UNAVAILABLE" });
    const tooLarge = new BackboneError("RECORD_TOO_LARGE", "too large");
    await expect(failing(tooLarge)).rejects.toBe(tooLarge);
  });

  test("refuses wrong and unknown options, all in one message: INVALID_OPTIONS", () => {
    const wrong = { topic: "", consumerGroup: "g", producer: {}, maxAttempts: 0, headersFor: ["kafka"], retries: 1 };
    expect(() => deadLetters(wrong as never)).toThrow(
      /topic: must name a topic.*producer: must be a producer.*maxAttempts: .*headersFor: .*retries: /s,
    );
  });
});
