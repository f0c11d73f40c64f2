import type { GetItemCommand } from "@aws-sdk/client-dynamodb";
import { describe, expect, test } from "vitest";
import { createOrderStatusApi } from "../../../../functions/order-status-api/order-status-api.ts";
import { createStatusReader } from "../../../../functions/order-status-api/read-status.ts";
import { toAttributes } from "../../../../shared/dynamodb/index.ts";

const item = {
  orderId: "o-1",
  status: "REJECTED",
  orderEventId: "e-1",
  createdAt: "2026-01-01T08:26:00.000Z",
  acceptedAt: "2026-01-01T08:26:01.000Z",
  inventoryEventId: "e-2",
  rejectedAt: "2026-01-01T08:26:02.000Z",
  reason: "too little stock of tea",
};

/** Asks the API over a table whose answer is given, and tells what it asked of the table. */
async function ask(orderId: string | undefined, answer: () => object) {
  const asked: GetItemCommand["input"][] = [];
  const send = async ({ input }: GetItemCommand) => {
    asked.push(input);
    return answer();
  };
  const logged: unknown[] = [];
  const logger = { info: () => {}, warn: () => {}, error: (...line: unknown[]) => void logged.push(line) };
  const readStatus = createStatusReader({ client: { send }, table: "statuses" });
  const { body, ...response } = await createOrderStatusApi({ readStatus, logger })({
    ...(orderId !== undefined && { pathParameters: { orderId } }),
  });
  return { ...response, answer: JSON.parse(body ?? ""), asked, logged };
}

const nothing = () => ({});

describe("GET /orders/{orderId}", () => {
  test("answers with state, times and reason, by a consistent read, without the ids of events", async () => {
    const { statusCode, headers, answer, asked } = await ask("o-1", () => ({ Item: toAttributes(item) }));
    expect(statusCode).toBe(200);
    expect(headers).toEqual({ "content-type": "application/json", "cache-control": "no-store" });
    const { orderEventId: _, inventoryEventId: __, ...shown } = item;
    expect(answer).toEqual(shown);
    expect(asked).toEqual([{ TableName: "statuses", Key: { orderId: { S: "o-1" } }, ConsistentRead: true }]);
  });

  test("leaves out what has not come yet", async () => {
    const { answer } = await ask("o-1", () => ({ Item: toAttributes({ orderId: "o-1", status: "ACCEPTED" }) }));
    expect(answer).toEqual({ orderId: "o-1", status: "ACCEPTED" });
  });

  test("answers 404 where no event of the order has come", async () => {
    const { statusCode, answer } = await ask("o-1", nothing);
    expect([statusCode, answer.code]).toEqual([404, "UNKNOWN_ORDER"]);
  });

  test.each([
    ["blank", " "],
    ["too long", "x".repeat(129)],
    ["with a control character", "a\u0000"],
    ["with half a character", "\ud800"],
    ["of two segments of a path", "a/b"],
    ["missing", undefined],
  ])("answers 400 to an id that no order can have, and reads nothing: %s", async (_name, orderId) => {
    const { statusCode, answer, asked } = await ask(orderId, nothing);
    expect(statusCode).toBe(400);
    expect(answer).toMatchObject({ code: "INVALID_ORDER_ID", errors: [{ field: "orderId" }] });
    expect(answer.errors[0].message).toMatch(/^must be a text of 1 to 128 characters, .*, got "/);
    expect(answer.errors[0].message.length).toBeLessThan(160);
    expect(asked).toEqual([]);
  });

  test("an id of the greatest length is read", async () => {
    expect((await ask("x".repeat(128), nothing)).statusCode).toBe(404);
  });

  test("answers 503 while DynamoDB is away, and says when to ask again", async () => {
    const { statusCode, headers, answer, logged } = await ask("o-1", () => {
      throw Object.assign(new Error("connect ECONNREFUSED 10.0.0.1"), { code: "ECONNREFUSED" });
    });
    expect([statusCode, answer.code, headers?.["retry-after"]]).toEqual([503, "DATABASE_UNAVAILABLE", "2"]);
    expect(answer.message).not.toContain("10.0.0.1");
    expect(logged).toHaveLength(1);
  });

  test.each([
    ["a fault of the code", () => Promise.reject(new TypeError("broken"))],
    ["an item of another shape", async () => ({ Item: toAttributes({ orderId: "o-1", status: "LOST" }) })],
  ])("throws for %s, which the API answers with 500", async (_name, answer) => {
    await expect(ask("o-1", answer)).rejects.toThrow();
  });
});
