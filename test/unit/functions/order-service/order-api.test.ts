import { describe, expect, test } from "vitest";
import { createOrderApi } from "../../../../functions/order-service/order-api.ts";
import { BackboneError } from "../../../../shared/errors.ts";
import type { OutgoingEvent } from "../../../../shared/kafka/index.ts";
import { createLogger } from "../../../../shared/logging/index.ts";
import { orderCreatedType } from "../../../../shared/schemas/index.ts";
import type { IncomingTrace } from "../../../../shared/tracing/index.ts";

const order = {
  orderId: "536365",
  customerId: "17850",
  totalAmount: 15.3,
  createdAt: "2026-01-01T08:26:00Z",
  lines: [{ sku: "85123A", quantity: 6, unitPrice: 2.55 }],
};

function setUp(failure?: Error) {
  const published: { event: OutgoingEvent; key: string; incomingTrace: IncomingTrace }[] = [];
  const logLines: string[] = [];
  const api = createOrderApi({
    publish: async (event, key, incomingTrace) => {
      if (failure !== undefined) throw failure;
      published.push({ event, key, incomingTrace });
    },
    logger: createLogger({ service: "order-service", write: (line) => logLines.push(line) }),
    now: () => new Date("2026-06-01T00:00:00Z"),
  });
  const post = async (body: unknown, request: { isBase64Encoded?: boolean; headers?: Record<string, string> } = {}) => {
    const text = typeof body === "string" ? body : JSON.stringify(body);
    const {
      statusCode,
      headers,
      body: answer,
    } = await api({ body: text, isBase64Encoded: false, headers: {}, ...request });
    return { status: statusCode, headers, body: JSON.parse(answer ?? "") };
  };
  return { post, published, logLines };
}

describe("POST /orders", () => {
  test("answers 202 with the ids once the event is acknowledged", async () => {
    const { post, published } = setUp();
    const { status, body } = await post(order, { headers: { traceparent: "00-a", tracestate: "vendor=1" } });
    expect(status).toBe(202);
    expect(body).toEqual({ orderId: "536365", eventId: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-5/) });
    expect(published).toEqual([
      {
        key: "536365",
        incomingTrace: { traceparent: "00-a", tracestate: "vendor=1" },
        event: {
          id: body.eventId,
          source: "/order-service",
          type: orderCreatedType,
          data: { ...order, createdAt: new Date("2026-01-01T08:26:00Z") },
        },
      },
    ]);
  });

  test("takes now where the order names no time", async () => {
    const { post, published } = setUp();
    const { createdAt: _, ...timeless } = order;
    await post(timeless);
    expect(published[0]?.event.data).toMatchObject({ createdAt: new Date("2026-06-01T00:00:00Z") });
  });

  test("reads a body in base64", async () => {
    const { post } = setUp();
    const encoded = Buffer.from(JSON.stringify({ ...order, customerId: "Café" })).toString("base64");
    expect(await post(encoded, { isBase64Encoded: true })).toMatchObject({ status: 202 });
  });

  test("answers 400 with every wrong field, and publishes nothing", async () => {
    const { post, published } = setUp();
    const wrong = { ...order, totalAmount: -1, lines: [{ sku: "85123A", quantity: -3, unitPrice: 1 }] };
    expect(await post(wrong)).toMatchObject({
      status: 400,
      body: {
        code: "INVALID_ORDER",
        errors: [
          { field: "totalAmount", message: "must be a number of at least 0, got -1" },
          { field: "lines[0].quantity", message: "must be an integer from 1 to 1000000, got -3" },
        ],
      },
    });
    expect(published).toEqual([]);
  });

  test.each([
    ["no JSON", "{orderId", false],
    ["nothing", "", false],
    ["bytes that are no UTF-8", Buffer.from([0x7b, 0xff, 0x7d]).toString("base64"), true],
  ])("answers 400 that names the body for %s", async (_, text, isBase64Encoded) => {
    const { post } = setUp();
    expect(await post(text, { isBase64Encoded })).toMatchObject({
      status: 400,
      body: { code: "INVALID_ORDER", errors: [{ field: "body", message: expect.any(String) }] },
    });
  });

  test.each(["KAFKA_UNAVAILABLE", "REGISTRY_UNAVAILABLE", "SCHEMA_NOT_FOUND"] as const)(
    "answers 503 with Retry-After for %s, without telling of hosts",
    async (code) => {
      const { post } = setUp(new BackboneError(code, "b-1.internal:9098 is away"));
      const { status, headers, body } = await post(order);
      expect({ status, headers }).toMatchObject({ status: 503, headers: { "retry-after": "2" } });
      expect(body).toEqual({ code, message: expect.stringContaining("sending the same order again is safe") });
      expect(JSON.stringify(body)).not.toContain("internal");
    },
  );

  test("throws what is a fault of the service, so that the API answers 500", async () => {
    const { post } = setUp(new BackboneError("SCHEMA_MISMATCH", "broken"));
    await expect(post(order)).rejects.toMatchObject({ code: "SCHEMA_MISMATCH" });
  });

  test("logs what happened and nothing of the order", async () => {
    const accepted = setUp();
    await accepted.post(order);
    const failed = setUp(new BackboneError("KAFKA_UNAVAILABLE", "away"));
    await failed.post(order);
    const refused = setUp();
    await refused.post({ ...order, orderId: "" });
    const lines = [...accepted.logLines, ...failed.logLines, ...refused.logLines];
    expect(lines.map((line) => JSON.parse(line).message)).toEqual([
      "order accepted",
      "the order's event was not acknowledged",
      "order refused",
    ]);
    expect(lines.join()).not.toMatch(/17850|85123A/);
  });
});

describe("the event id", () => {
  const idOf = async (body: unknown) => (await setUp().post(body)).body.eventId;

  test("is the same for the same body, whatever its spacing and the order of its fields", async () => {
    const reordered = JSON.stringify(Object.fromEntries(Object.entries(order).reverse()), null, 2);
    expect(await idOf(reordered)).toBe(await idOf(order));
  });

  test("is the same each time where the body names no time", async () => {
    const { createdAt: _, ...timeless } = order;
    expect(await idOf(timeless)).toBe(await idOf(timeless));
  });

  test("differs for another body under the same orderId", async () => {
    expect(await idOf({ ...order, totalAmount: 15.31 })).not.toBe(await idOf(order));
  });

  test("never changes: it is what repetitions are recognised by", async () => {
    expect(await idOf(order)).toBe("36c0b458-c168-5726-9fbf-8427a5325395");
  });
});
