import middy from "@middy/core";
import { describe, expect, test } from "vitest";
import { BackboneError } from "../../../shared/errors.ts";
import {
  cloudEvents,
  type MetricsOptions,
  metrics,
  partialBatchResponse,
  type RecordOutcome,
  recordsOf,
  reportOutcomes,
} from "../../../shared/middleware/index.ts";
import { invoke, jsonDeserializer, mskEvent, type TestRecord } from "../../../shared/testing/index.ts";

const receivedAtMs = Date.UTC(2026, 0, 1, 0, 1);
const error = new BackboneError("DATABASE_UNAVAILABLE", "away");
const event = (id: string) => ({ id, source: "/s", type: "t", data: {} });

/** Each call of the clock is 250 ms after the one before it. */
function steppingClock() {
  let calls = 0;
  return () => new Date(receivedAtMs + 250 * calls++);
}

/** A plain handler whose records end as told, with metrics around it. */
async function consume(
  records: readonly TestRecord[],
  statuses: readonly RecordOutcome["status"][] | Error,
  reportBatchItemFailures = true,
) {
  const lines: string[] = [];
  const handler = middy<unknown, unknown>()
    .use(partialBatchResponse({ reportBatchItemFailures }))
    .use(metrics({ service: "inventory", consumerGroup: "g", write: (line) => lines.push(line), now: steppingClock() }))
    .use(cloudEvents({ deserializer: jsonDeserializer }))
    .handler(async (event) => {
      if (statuses instanceof Error) throw statuses;
      const outcomes = recordsOf(event).map((record, i) => ({ record, status: statuses[i] ?? "processed", error }));
      reportOutcomes(event, outcomes);
    });
  const response = invoke(handler, mskEvent({ topic: "orders", records }));
  await response.catch(() => {});
  return { response, metrics: lines.map((line) => JSON.parse(line) as Record<string, unknown>) };
}

describe("metrics", () => {
  test("counts how the records of a batch ended, and how old its oldest was before and after", async () => {
    const records = ["1", "2", "3", "4", "5"].map((id) => ({ event: event(id), timestampMs: receivedAtMs - 40_000 }));
    const oldest = { event: event("6"), timestampMs: receivedAtMs - 60_000 };
    const { metrics } = await consume(
      [...records, oldest],
      ["processed", "duplicate", "deadLettered", "unfinished", "processed"],
    );
    const [line = expect.fail("nothing was written")] = metrics;
    expect(metrics).toHaveLength(1);
    const { DecodeTime, _aws, ...rest } = line;
    expect(DecodeTime).toBeGreaterThan(0);
    expect(rest).toEqual({
      Service: "inventory",
      ConsumerGroup: "g",
      Topic: "orders",
      RecordsReceived: 6,
      RecordsProcessed: 3,
      RecordsDuplicate: 1,
      RecordsDeadLettered: 1,
      RecordsUnfinished: 1,
      OldestRecordAgeBefore: 60_000,
      OldestRecordAgeAfter: 60_250,
    });
  });

  test("writes CloudWatch's embedded metric format: every metric and dimension that is declared is there", async () => {
    const { metrics } = await consume([event("1")], ["processed"]);
    const { _aws, ...values } = metrics[0] as { _aws: { CloudWatchMetrics: object[] } };
    expect(_aws).toMatchObject({
      Timestamp: receivedAtMs + 250,
      CloudWatchMetrics: [{ Namespace: "EventBackbone", Dimensions: [["Service", "ConsumerGroup", "Topic"]] }],
    });
    const [directive] = _aws.CloudWatchMetrics as { Metrics: { Name: string; Unit: string }[] }[];
    const declared = directive?.Metrics.map(({ Name }) => Name) ?? [];
    expect(Object.keys(values)).toEqual(["Service", "ConsumerGroup", "Topic", ...declared]);
    expect(new Set(directive?.Metrics.map(({ Unit }) => Unit))).toEqual(new Set(["Count", "Milliseconds"]));
  });

  test("an invocation that fails before there are outcomes leaves all its records unfinished", async () => {
    const { response, metrics } = await consume([event("1"), event("2")], new Error("broken"));
    await expect(response).rejects.toThrow("broken");
    expect(metrics).toMatchObject([{ RecordsReceived: 2, RecordsProcessed: 0, RecordsUnfinished: 2 }]);
  });

  test("is written once when a middleware around it fails", async () => {
    const { response, metrics } = await consume([event("1"), event("2")], ["unfinished", "processed"], false);
    await expect(response).rejects.toMatchObject({ code: "DATABASE_UNAVAILABLE" });
    expect(metrics).toMatchObject([{ RecordsReceived: 2, RecordsProcessed: 1, RecordsUnfinished: 1 }]);
  });

  test("tells topics apart", async () => {
    const records = [event("1"), { event: event("2"), topic: "returns" }, event("3")];
    const { metrics } = await consume(records, ["processed", "duplicate", "unfinished"]);
    expect(metrics).toMatchObject([
      { Topic: "orders", RecordsReceived: 2, RecordsProcessed: 1, RecordsDuplicate: 1, RecordsUnfinished: 0 },
      { Topic: "returns", RecordsReceived: 1, RecordsUnfinished: 1 },
    ]);
  });

  test("an age is left out where no record has a timestamp, and is 0 for one of the future", async () => {
    const without = await consume([{ event: event("1"), timestampMs: -1 }], ["processed"]);
    expect(without.metrics[0]).not.toHaveProperty("OldestRecordAgeBefore");
    const ahead = await consume([{ event: event("1"), timestampMs: receivedAtMs + 5_000 }], ["processed"]);
    expect(ahead.metrics).toMatchObject([{ OldestRecordAgeBefore: 0, OldestRecordAgeAfter: 0 }]);
  });

  test("writes nothing for an event that is none of MSK, and nothing alone without records", async () => {
    const lines: string[] = [];
    const options: MetricsOptions = { service: "s", consumerGroup: "g", write: (line) => lines.push(line) };
    const wrongEvent = middy<unknown, unknown>()
      .use(metrics(options))
      .use(cloudEvents({ deserializer: jsonDeserializer }))
      .handler(async () => {});
    await expect(invoke(wrongEvent, { Records: [] })).rejects.toMatchObject({ code: "MALFORMED_EVENT" });
    const alone = middy<unknown, unknown>()
      .use(metrics(options))
      .handler(async () => "done");
    expect(await invoke(alone, {})).toBe("done");
    expect(lines).toEqual([]);
  });

  test.each(["", ":x", "AWS/x", " x", "a\u0001b", "a\nb", "Ümlaut", "x".repeat(256)])(
    "refuses the namespace %j, which CloudWatch refuses",
    (namespace) => {
      expect(() => metrics({ service: "s", consumerGroup: "g", namespace })).toThrow(
        "namespace: must be 1–255 ascii characters, without a space, a colon or AWS/ in front",
      );
    },
  );

  test.each(["EventBackbone", "Shop/Orders 2:#._-", "AWSome", "x".repeat(255)])(
    "takes the namespace %j",
    (namespace) => {
      expect(() => metrics({ service: "s", consumerGroup: "g", namespace })).not.toThrow();
    },
  );

  test("refuses wrong and unknown options: INVALID_OPTIONS", () => {
    const wrong = { service: "", consumerGroup: "gé", namespace: ":x", write: 1, topic: "t" };
    expect(() => metrics(wrong as never)).toThrow(
      /service: .*consumerGroup: must be 1–250 ascii.*namespace: .*write: must be a function.*topic: /s,
    );
  });
});
