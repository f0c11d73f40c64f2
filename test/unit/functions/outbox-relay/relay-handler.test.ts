import { describe, expect, test } from "vitest";
import { createRelayHandler } from "../../../../functions/outbox-relay/relay-handler.ts";
import { BackboneError } from "../../../../shared/errors.ts";
import type { OutboxRelay, RelayedKey } from "../../../../shared/outbox/index.ts";
import { invoke } from "../../../../shared/testing/index.ts";

const away = new BackboneError("KAFKA_UNAVAILABLE", "away");
const tooLarge = new BackboneError("RECORD_TOO_LARGE", "too large");

const scheduled = { source: "aws.events", "detail-type": "Scheduled Event", time: "2026-01-01T00:00:00Z", detail: {} };

/** A record of a table's stream of the view type KEYS_ONLY. */
function streamRecord(key: string, sequenceNumber: string, eventName = "INSERT") {
  return {
    eventID: sequenceNumber,
    eventName,
    eventVersion: "1.1",
    eventSource: "aws:dynamodb",
    awsRegion: "eu-west-1",
    dynamodb: {
      Keys: { groupKey: { S: key }, sourcePosition: { S: "orders#0000000000#0000000000000001" } },
      SequenceNumber: sequenceNumber,
      SizeBytes: 50,
      StreamViewType: "KEYS_ONLY",
    },
    eventSourceARN: "arn:aws:dynamodb:eu-west-1:123456789012:table/outbox/stream/2026-01-01T00:00:00.000",
  };
}

function handlerOf(errors: Readonly<Record<string, BackboneError>> = {}) {
  const asked: (readonly string[])[] = [];
  const swept: unknown[] = [];
  const metrics: Record<string, unknown>[] = [];
  const logged: object[] = [];
  const now = new Date("2026-01-01T00:00:00Z");
  const resultOf = (groupKey: string): RelayedKey => ({
    groupKey,
    sent: 1,
    ...(errors[groupKey] && { error: errors[groupKey] }),
  });
  const relay: OutboxRelay = {
    async relayKeys(groupKeys) {
      asked.push(groupKeys);
      return [...new Set(groupKeys)].map(resultOf);
    },
    async sweep(options) {
      swept.push(options);
      return { keys: ["k", "l"].map(resultOf), oldestAgeMs: 90_000 };
    },
  };
  const handler = createRelayHandler({
    relay,
    service: "inventory-outbox",
    sweepOlderThanMs: 60_000,
    marginMs: 20_000,
    logger: { info: (_, fields = {}) => void logged.push(fields), warn: () => {}, error: () => {} },
    writeMetrics: (line) => metrics.push(JSON.parse(line)),
    now: () => now,
  });
  return {
    asked,
    swept,
    metrics,
    logged,
    now,
    invoke: (event: unknown) => invoke(handler, event, { context: { getRemainingTimeInMillis: () => 60_000 } }),
  };
}

describe("woken by the stream", () => {
  test("relays the keys of what was put in, and not of what was deleted or changed", async () => {
    const { asked, metrics, invoke } = handlerOf();
    const records = [
      streamRecord("k", "1"),
      streamRecord("l", "2", "REMOVE"),
      streamRecord("m", "3", "MODIFY"),
      streamRecord("k", "4"),
    ];

    expect(await invoke({ Records: records })).toEqual({ batchItemFailures: [] });

    expect(asked).toEqual([["k", "k"]]);
    expect(metrics).toMatchObject([
      { Service: "inventory-outbox", EventsPublished: 1, KeysUnfinished: 0, KeysHeldBack: 0 },
    ]);
  });

  test("reports the first record whose key has to come again", async () => {
    const { metrics, invoke } = handlerOf({ l: away, m: away });
    const records = [
      streamRecord("k", "1"),
      streamRecord("m", "21"),
      streamRecord("l", "300"),
      streamRecord("m", "4000"),
    ];

    expect(await invoke({ Records: records })).toEqual({ batchItemFailures: [{ itemIdentifier: "21" }] });

    expect(metrics).toMatchObject([{ KeysUnfinished: 2 }]);
  });

  test("logs why, once for all the keys that it is the same for", async () => {
    const denied = new BackboneError("DATABASE_UNAVAILABLE", "the table did not answer: AccessDeniedException");
    const { logged, invoke } = handlerOf({ k: denied, l: denied, m: away });

    await invoke({ Records: [streamRecord("k", "1"), streamRecord("l", "2"), streamRecord("m", "3")] });
    await invoke({ Records: [streamRecord("n", "4")] });

    expect(logged).toEqual([
      expect.objectContaining({
        reasons: "DATABASE_UNAVAILABLE: the table did not answer: AccessDeniedException; KAFKA_UNAVAILABLE: away",
      }),
      expect.not.objectContaining({ reasons: expect.anything() }),
    ]);
  });

  test("does not hold the shard up for a key that no repetition helps", async () => {
    const { metrics, invoke } = handlerOf({ k: tooLarge });

    expect(await invoke({ Records: [streamRecord("k", "1")] })).toEqual({ batchItemFailures: [] });

    expect(metrics).toMatchObject([{ KeysHeldBack: 1 }]);
  });
});

describe("woken by the schedule", () => {
  test("sweeps what is older than the stream needs, until its margin before the function's end", async () => {
    const { swept, metrics, now, invoke } = handlerOf({ l: tooLarge });

    expect(await invoke(scheduled)).toBeUndefined();

    expect(swept).toEqual([{ olderThanMs: 60_000, deadline: new Date(now.getTime() + 40_000) }]);
    expect(metrics).toMatchObject([{ EventsPublished: 2, KeysHeldBack: 1, OldestUnsentAge: 90_000 }]);
  });
});

test.each([{}, { Records: [] }, { Records: [{ eventSource: "aws:sqs" }] }, null])("%o is refused", async (event) => {
  await expect(handlerOf().invoke(event)).rejects.toMatchObject({ code: "MALFORMED_EVENT" });
});
