import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { json } from "node:stream/consumers";
import { afterEach, describe, expect, it, vi } from "vitest";
import { type PostOptions, postOrders } from "../../../../local/orders/post-orders.ts";
import type { OrderBody } from "../../../../local/orders/read-orders.ts";

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

const order = (orderId: string): OrderBody => ({
  orderId,
  customerId: "C-1",
  totalAmount: 1,
  createdAt: "2026-03-26T09:15:00Z",
  lines: [{ sku: "A", quantity: 1, unitPrice: 1 }],
});
const accepted = (orderId: string): Answer => ({ status: 202, body: { orderId, eventId: `event-${orderId}` } });
const refused: Answer = {
  status: 400,
  body: {
    errors: [
      { field: "customerId", message: "must not be empty" },
      { field: "lines[0].quantity", message: "must be at least 1" },
    ],
  },
};
const unavailable: Answer = { status: 503, body: { message: "Service Unavailable" } };

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close().closeAllConnections();
});

/** A service that gives each order its answers in turn, the last one for ever. */
async function setUp(answers: Record<string, readonly Answer[]>, options: Partial<PostOptions> = {}) {
  const posted: { path: string | undefined; body: unknown }[] = [];
  const server = createServer(async (request, response) => {
    const body = (await json(request)) as OrderBody;
    const earlier = posted.filter((one) => (one.body as OrderBody).orderId === body.orderId).length;
    posted.push({ path: `${request.method} ${request.url}`, body });
    const answer = answers[body.orderId]?.[earlier] ?? answers[body.orderId]?.at(-1) ?? accepted(body.orderId);
    // Status 0 stands for a connection that breaks.
    if (answer.status === 0) return request.socket.destroy();
    response.writeHead(answer.status).end(typeof answer.body === "string" ? answer.body : JSON.stringify(answer.body));
  });
  servers.push(server);
  await once(server.listen(0, "127.0.0.1"), "listening");
  const address = server.address();
  const port = typeof address === "object" ? address?.port : undefined;
  const onSettled = vi.fn();
  const settings = { url: `http://127.0.0.1:${port}`, concurrency: 2, retryForMs: 10_000, onSettled, ...options };
  return { posted, onSettled, postAll: (...ids: string[]) => postOrders(ids.map(order), settings) };
}

describe("postOrders", () => {
  it("posts each order once, however many are posted at the same time", async () => {
    const ids = Array.from({ length: 20 }, (_, index) => `order-${index}`);
    const { posted, onSettled, postAll } = await setUp({}, { concurrency: 7 });
    const result = await postAll(...ids);
    expect(result.accepted.map(({ eventId }) => eventId).sort()).toEqual(ids.map((id) => `event-${id}`).sort());
    expect(posted).toHaveLength(20);
    expect(posted).toContainEqual({ path: "POST /orders", body: order("order-7") });
    expect(onSettled).toHaveBeenCalledTimes(20);
  });

  it("counts a 202 as accepted under its event's id", async () => {
    const { postAll } = await setUp({});
    const body = order("a");
    expect(await postAll("a")).toEqual({ accepted: [{ body, eventId: "event-a" }], refused: [], failed: [] });
  });

  it("counts a 400 as refused, with every field and its message", async () => {
    const { posted, postAll } = await setUp({ a: [refused] });
    const reason = "customerId must not be empty; lines[0].quantity must be at least 1";
    expect(await postAll("a")).toEqual({ accepted: [], refused: [{ orderId: "a", reason }], failed: [] });
    expect(posted).toHaveLength(1);
  });

  it("posts an order again after 503, until it is settled", async () => {
    const { posted, onSettled, postAll } = await setUp({ a: [unavailable, unavailable, accepted("a")], b: [] });
    const result = await postAll("a", "b");
    expect(result.accepted.map(({ eventId }) => eventId).sort()).toEqual(["event-a", "event-b"]);
    expect(posted).toHaveLength(4);
    expect(onSettled).toHaveBeenCalledTimes(2);
  });

  it("counts an order without any answer as failed, and keeps what came of the others", async () => {
    const { postAll } = await setUp({ a: [{ status: 0, body: "" }] }, { retryForMs: 300, concurrency: 1 });
    const { accepted, failed } = await postAll("a", "b");
    expect(failed).toEqual([{ orderId: "a", reason: "no answer" }]);
    expect(accepted.map(({ eventId }) => eventId)).toEqual(["event-b"]);
  });

  it.each<[string, Answer, string]>([
    ["503 for longer than it is posted again", unavailable, "the service answered 503"],
    ["500", { status: 500, body: { message: "Internal Server Error" } }, "the service answered 500"],
    ["202 without an event's id", { status: 202, body: {} }, "the service answered 202"],
    ["202 that is no JSON", { status: 202, body: "<html>" }, "the service answered 202"],
  ])("counts %s as failed, and goes on with the next order", async (_, answer, reason) => {
    const { postAll } = await setUp({ a: [answer] }, { retryForMs: 300, concurrency: 1 });
    const { accepted, refused, failed } = await postAll("a", "b");
    expect(failed).toEqual([{ orderId: "a", reason }]);
    expect([accepted.length, refused.length]).toEqual([1, 0]);
  });
});
