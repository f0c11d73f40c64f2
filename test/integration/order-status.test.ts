import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { get, orderBody, postUntilSettled } from "./orders.ts";
import { caughtUp, eventually, messagesOf, startTestBackbone, type TestBackbone } from "./running-backbone.ts";

let backbone: TestBackbone;
beforeAll(async () => {
  backbone = await startTestBackbone();
});
afterAll(() => backbone?.stop());

const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);

describe("GET /orders/{orderId}", () => {
  it("tells what became of orders that were posted: reserved, or rejected with the reason", async () => {
    // 128 characters, and those that a path has to escape
    const longId = `long é&+ ${"x".repeat(119)}`;
    const bodies = [
      orderBody("reserved", ["S-1", 3]),
      orderBody("rejected", ["S-2", 900_000], ["S-3", 1], ["S-2", 900_000]),
      orderBody(longId, ["S-1", 1]),
    ];
    for (const body of bodies) expect((await postUntilSettled(backbone.url, body)).status).toBe(202);
    await caughtUp(backbone);

    const times = { createdAt: "2026-03-26T09:15:00.000Z", acceptedAt: time };
    expect(await get(backbone.url, "reserved")).toEqual({
      status: 200,
      answer: { orderId: "reserved", status: "RESERVED", ...times, reservedAt: time },
    });
    expect(await get(backbone.url, "rejected")).toEqual({
      status: 200,
      answer: {
        orderId: "rejected",
        status: "REJECTED",
        ...times,
        rejectedAt: time,
        reason: "too little stock of S-2",
      },
    });
    expect(await get(backbone.url, longId)).toMatchObject({ status: 200, answer: { status: "RESERVED" } });
  });

  it("shows an order that inventory cannot process as accepted", async () => {
    const lines = Array.from({ length: 120 }, (_, index): [string, number] => [`L-${index}`, 1]);
    await postUntilSettled(backbone.url, orderBody("too-large", ...lines));
    await caughtUp(backbone);
    expect(await get(backbone.url, "too-large")).toMatchObject({ status: 200, answer: { status: "ACCEPTED" } });
  });

  it("shows the first of two orders under one id, and sets the second aside", async () => {
    for (const quantity of [5, 7]) await postUntilSettled(backbone.url, orderBody("twice", ["T-1", quantity]));
    await caughtUp(backbone);
    expect(await get(backbone.url, "twice")).toMatchObject({ status: 200, answer: { status: "RESERVED" } });
    const [letter] = await messagesOf(backbone, "order-events.order-status.dlt");
    expect(String(letter?.key)).toBe("twice");
    expect(String(letter?.headers?.["dlt-error-code"])).toBe("DUPLICATE_BUSINESS_KEY");
  });

  it("answers 404 to an order that nobody has posted, and 400 to an id that none can have", async () => {
    expect(await get(backbone.url, "nobody")).toMatchObject({ status: 404, answer: { code: "UNKNOWN_ORDER" } });
    const tooLong = await get(backbone.url, "x".repeat(129));
    expect(tooLong).toMatchObject({ status: 400, answer: { code: "INVALID_ORDER_ID" } });
  });

  it("answers 503 while DynamoDB is away", async () => {
    await backbone.parts.dynamodb.stop();
    const { status, answer } = await get(backbone.url, "reserved");
    expect([status, answer.code]).toEqual([503, "DATABASE_UNAVAILABLE"]);
    await backbone.parts.dynamodb.start();
    // Its tables were in memory.
    await eventually("the same question is answered", async () =>
      (await get(backbone.url, "reserved")).status === 404 ? true : undefined,
    );
  });
});
