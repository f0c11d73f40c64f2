import { describe, expect, test } from "vitest";
import { doublesKeyOf, placeText, readDeadLetters } from "../../../shared/dead-letter/index.ts";
import { inTopic, letterOf, original, read } from "./stored.ts";

describe("a dead letter that is read back", () => {
  test("has the record as it came and everything that was told about it", () => {
    const letter = read(inTopic(letterOf()));

    expect(letter.source).toEqual(original);
    expect(letter).toMatchObject({
      place: { topic: "orders.inventory.dlt", partition: 1, offset: 7, index: 0 },
      storedAtMs: Date.UTC(2026, 0, 4),
      consumerGroup: "inventory",
      errorCode: "RULE_VIOLATED",
      errorMessage: "too much – ü",
      attempts: 3,
      redriveCount: 0,
      failedAt: "2026-01-03T00:00:00.000Z",
      first: { failedAt: "2026-01-03T00:00:00.000Z", errorCode: "RULE_VIOLATED", record: "orders/3/42" },
      identity: { source: "/shop", id: "e-1" },
      obstacle: undefined,
    });
    expect(letter.errorStack).toMatch(/^BackboneError\n\s+at /);
  });

  test("cannot be redriven if a header that this takes is missing", () => {
    const { headers, ...rest } = letterOf();
    const without = { ...rest, headers: headers.filter(([name]) => name !== "dlt-consumer-group") };
    expect(read(inTopic(without)).obstacle).toBe("dlt-consumer-group are missing or empty");
  });

  test("is redriven nowhere but to the topic whose dead letters lie there", () => {
    const elsewhere = read(inTopic(letterOf({ ...original, topic: "dead-letter-actions" })));
    expect(elsewhere.obstacle).toBe(
      "dlt-original-topic is dead-letter-actions, whose dead letters do not lie in orders.inventory.dlt",
    );
  });

  test("cannot be redriven for a group that the topic's service is not in any more", () => {
    const obstacleFor = (group: string | undefined) =>
      readDeadLetters(inTopic(letterOf()), { groupOf: () => group })[0]?.obstacle;

    expect(obstacleFor("inventory")).toBeUndefined();
    expect(obstacleFor(undefined)).toBe(
      "the access file has no service of orders.inventory.dlt that consumes orders: nobody would take it",
    );
    expect(obstacleFor("inventory.orders")).toBe(
      "its group inventory does not read orders any more, the access file has inventory.orders: nobody would take it",
    );
  });

  test.each([
    ["2026-01-03T00:00:00.000Z", "2026-01-03T00:00:00.000Z", undefined],
    ["2026-01-03T00:00:00.000Z", "2026-01-03T00:00:00.001Z", /^it failed first before .*: .* its claim may be gone/],
    // Where the time says nothing, the broker's does: it took this one on the 4th.
    ["", "2026-01-04T00:00:00.000Z", undefined],
    ["", "2026-01-04T00:00:00.001Z", /its claim may be gone/],
    ["2036-01-03T00:00:00.000Z", "2026-01-04T00:00:00.001Z", /its claim may be gone/],
  ])("whose first failure was at '%s' and has to be since %s: %s", (firstFailedAt, since, obstacle) => {
    const { headers, ...rest } = letterOf();
    const again = {
      ...rest,
      headers: [...headers, ["dlt-first-failed-at", Buffer.from(firstFailedAt)] as const],
    };
    const options = { groupOf: () => "inventory", redrivableSinceMs: Date.parse(since) };

    const [letter] = readDeadLetters(inTopic(again), options);

    expect(letter?.obstacle).toEqual(obstacle === undefined ? undefined : expect.stringMatching(obstacle));
  });

  test("is there with the code UNKNOWN if somebody else wrote it", () => {
    for (const value of [null, Buffer.from("{}"), Buffer.from("[1"), Buffer.from('{"requestContext":{}}')]) {
      const letter = read(inTopic({ key: null, value, headers: [] }));
      expect(letter).toMatchObject({ errorCode: "UNKNOWN", obstacle: "nothing says what topic it came from" });
    }
  });
});

describe("what a mapping has offloaded", () => {
  const record = (offset: number) => ({
    topic: "orders",
    partition: 0,
    offset,
    timestamp: 1_749_116_692_330,
    timestampType: "CREATE_TIME",
    key: "dGVzdC1rZXk=",
    value: "dGVzdC12YWx1ZQ==",
    headers: [{ ce_id: [101, 45, 49] }, { ce_source: [47, 115] }, { "dlt-redrive-count": [50] }, { raw: [-1] }],
  });
  const document = (payload: unknown) => ({
    requestContext: {
      requestId: "e4b46cbf-b738-4f5e-8880-a18cdf61200e",
      functionArn: "arn:aws:lambda:eu-central-1:123456789012:function:inventory:$LATEST",
      condition: "RetriesExhausted",
      approximateInvokeCount: 3,
    },
    responseContext: { statusCode: 200, executedVersion: "$LATEST", functionError: "Unhandled" },
    version: "1.0",
    timestamp: "2026-01-03T18:16:05.568Z",
    KafkaBatchInfo: { batchSize: 1 },
    payload,
  });
  const payload = {
    eventSource: "aws:kafka",
    eventSourceArn: "arn:aws:kafka:eu-central-1:123456789012:cluster/c/1",
    bootstrapServers: "b-1:9098",
    records: { "orders-0": [record(100), record(101)] },
  };
  const groupOf = (topic: string) => (topic === "orders.inventory.dlt" ? "inventory-group" : undefined);
  const lying = (of: unknown) => inTopic({ key: null, value: Buffer.from(JSON.stringify(document(of))), headers: [] });

  test.each([
    ["as an object", payload],
    ["as text", JSON.stringify(payload)],
  ])("is one dead letter a record, payload %s", (_, given) => {
    const letters = readDeadLetters(lying(given), { groupOf });

    expect(letters.map(({ place }) => placeText(place))).toEqual([
      "orders.inventory.dlt/1/7",
      "orders.inventory.dlt/1/7#1",
    ]);
    expect(letters[1]).toMatchObject({
      consumerGroup: "inventory-group",
      errorCode: "OFFLOADED",
      errorMessage: "the mapping gave it up: RetriesExhausted after 3 invocations of inventory, Unhandled",
      attempts: 3,
      redriveCount: 2,
      failedAt: "2026-01-03T18:16:05.568Z",
      first: { record: "orders/0/101" },
      identity: { source: "/s", id: "e-1" },
      obstacle: undefined,
    });
    expect(letters[1]?.source).toMatchObject({ topic: "orders", offset: 101, key: Buffer.from("test-key") });
    expect(letters[1]?.source.headers.at(-1)).toEqual(["raw", Buffer.from([255])]);
    expect(letters[1]?.source.headers.map(([name]) => name)).toEqual(["ce_id", "ce_source", "raw"]);
  });

  test("cannot be redriven while its consumer group is not known", () => {
    const [letter] = readDeadLetters(lying(payload));
    expect(letter?.obstacle).toBe(
      "the access file has no service of orders.inventory.dlt that consumes orders: nobody would take it",
    );
  });
});

describe("doubles", () => {
  const letter = read(inTopic(letterOf()));

  test("are dead letters of one group, event and redrive, wherever they lie", () => {
    expect(doublesKeyOf(read(inTopic(letterOf({ ...original, offset: 99 }), 8)))).toBe(doublesKeyOf(letter));
    expect(doublesKeyOf({ ...letter, redriveCount: 1 })).not.toBe(doublesKeyOf(letter));
    expect(doublesKeyOf({ ...letter, consumerGroup: "billing" })).not.toBe(doublesKeyOf(letter));
  });

  test("are none if their bytes differ, though source and id are the same", () => {
    const others = [{ value: Buffer.from([9]) }, { value: null }, { value: Buffer.alloc(0) }, { key: null }];
    const keys = [{}, ...others].map((differing) =>
      doublesKeyOf(read(inTopic(letterOf({ ...original, ...differing })))),
    );
    expect(new Set(keys)).toHaveProperty("size", 5);
  });

  test("without an event's identity go by the place in the source topic", () => {
    const nameless = { ...original, headers: [] };
    const [one, same, other] = [nameless, nameless, { ...nameless, offset: 43 }].map((record) =>
      doublesKeyOf(read(inTopic(letterOf(record)))),
    );
    expect(same).toBe(one);
    expect(other).not.toBe(one);
  });

  test("are none where neither is known: to take one off the list must not take others", () => {
    const { headers, ...rest } = letterOf({ ...original, headers: [] });
    const placeless = { ...rest, headers: headers.filter(([name]) => name !== "dlt-original-offset") };

    const [one, other] = [7, 8].map((offset) => doublesKeyOf(read(inTopic(placeless, offset))));

    expect(other).not.toBe(one);
  });
});
