import { TransactionCanceledException } from "@aws-sdk/client-dynamodb";
import { describe, expect, test } from "vitest";
import { claimIdOf, createDynamoDbStore } from "../../../shared/idempotency/index.ts";

const key = { consumerGroup: "inventory", source: "/order-service", eventId: "e-1" };

/** A store on a client that gives this answer, and the inputs that the client was given. */
function storeAnswering(answer: () => unknown) {
  const inputs: unknown[] = [];
  const send = async (command: { input: unknown }) => {
    inputs.push(command.input);
    return answer();
  };
  return { inputs, store: createDynamoDbStore({ client: { send }, table: "claims" }) };
}

function cancelled(...codes: string[]) {
  return new TransactionCanceledException({
    $metadata: {},
    message: "cancelled",
    CancellationReasons: codes.map((Code) => ({ Code })),
  });
}

describe("createDynamoDbStore", () => {
  test("a claim is a put under the one condition that it is not there", () => {
    const { store } = storeAnswering(() => ({}));
    const claimedAt = new Date("2026-01-02T03:04:05.678Z");
    expect(store.claimItem({ ...key, eventType: "t", claimedAt, ttlSeconds: 60 })).toEqual({
      Put: {
        TableName: "claims",
        Item: {
          id: "inventory#/order-service#e-1",
          eventType: "t",
          claimedAt: "2026-01-02T03:04:05.678Z",
          expiresAt: Date.UTC(2026, 0, 2, 3, 5, 5) / 1000,
        },
        ConditionExpression: "attribute_not_exists(id)",
      },
    });
  });

  test("looks a claim up consistently", async () => {
    const { inputs, store } = storeAnswering(() => ({ Item: { id: { S: "x" } } }));
    expect(await store.isClaimed(key)).toBe(true);
    expect(inputs[0]).toMatchObject({ ConsistentRead: true, Key: { id: { S: "inventory#/order-service#e-1" } } });
    expect(await storeAnswering(() => ({})).store.isClaimed(key)).toBe(false);
  });

  test("what is noted down of a failed record is one put, and lives as long as a claim", async () => {
    const { inputs, store } = storeAnswering(() => ({}));
    const record = { consumerGroup: "inventory", topic: "orders", partition: 1, offset: 7 };
    const notedAt = new Date("2026-01-02T03:04:05.678Z");
    await store.writeFailures({ ...record, attempts: 2, deadLettered: "print", notedAt, ttlSeconds: 60 });
    expect(inputs).toEqual([
      {
        TableName: "claims",
        Item: {
          id: { S: "#attempts#inventory#orders#1#7" },
          attempts: { N: "2" },
          deadLettered: { S: "print" },
          expiresAt: { N: String(Date.UTC(2026, 0, 2, 3, 5, 5) / 1000) },
        },
      },
    ]);
  });

  test("sends the token it is given", async () => {
    const { inputs, store } = storeAnswering(() => ({}));
    expect(await store.transact([{}], "token-1")).toEqual({ status: "committed" });
    expect(inputs[0]).toMatchObject({ ClientRequestToken: "token-1" });
  });

  test("reads one reason an action from a cancelled transaction", async () => {
    const { store } = storeAnswering(() => {
      throw cancelled("None", "ConditionalCheckFailed", "TransactionConflict", "ThrottlingError", "ValidationError");
    });
    expect(await store.transact([{}, {}, {}, {}, {}], "token")).toEqual({
      status: "cancelled",
      reasons: ["none", "conditionFailed", "conflict", "throttled", "invalid"].map((code) => ({ code })),
    });
  });

  test("lets through what is no answer about the actions", async () => {
    const { store } = storeAnswering(() => {
      throw cancelled();
    });
    await expect(store.transact([{}], "token")).rejects.toBeInstanceOf(TransactionCanceledException);
  });
});

describe("claimIdOf", () => {
  test("keeps sources and ids apart that would read the same when joined", () => {
    expect(claimIdOf({ ...key, source: "/a", eventId: "b#c" })).not.toBe(
      claimIdOf({ ...key, source: "/a#b", eventId: "c" }),
    );
    expect(claimIdOf({ ...key, source: "/a%23b" })).not.toBe(claimIdOf({ ...key, source: "/a#b" }));
  });

  test("fits a DynamoDB key, however long the event's id is", () => {
    const long = claimIdOf({ ...key, eventId: "é".repeat(2_000) });
    expect(Buffer.byteLength(long)).toBeLessThanOrEqual(2_048);
    expect(claimIdOf({ ...key, eventId: `${"é".repeat(1_999)}e` })).not.toBe(long);
  });
});
