import { setTimeout as delay } from "node:timers/promises";
import * as v from "valibot";
import type { OrderBody } from "./read-orders.ts";

const acceptedSchema = v.looseObject({ orderId: v.string(), eventId: v.string() });
const refusedSchema = v.looseObject({
  errors: v.array(v.looseObject({ field: v.string(), message: v.string() })),
});

export interface AcceptedOrder {
  readonly body: OrderBody;
  readonly eventId: string;
}

export interface RefusedOrder {
  readonly orderId: string;
  /** Every wrong field with its message, as the service named them. */
  readonly reason: string;
}

export interface PostedOrders {
  readonly accepted: readonly AcceptedOrder[];
  readonly refused: readonly RefusedOrder[];
  /** Orders without an answer that settles them; none of them is counted as accepted. */
  readonly failed: readonly RefusedOrder[];
}

export interface PostOptions {
  readonly url: string;
  /** Requests at the same time. */
  readonly concurrency: number;
  /** How long an order is posted again after 503 or no answer, ms: its outcome is unknown, and repeating is safe. */
  readonly retryForMs: number;
  readonly onSettled: () => void;
}

/** Posts each order to the service until it is accepted or refused. */
export async function postOrders(orders: Iterable<OrderBody>, options: PostOptions): Promise<PostedOrders> {
  const accepted: AcceptedOrder[] = [];
  const refused: RefusedOrder[] = [];
  const failed: RefusedOrder[] = [];
  // One iterator shared by all workers hands each order to one of them.
  const next = orders[Symbol.iterator]();
  const work = async () => {
    for (let item = next.next(); !item.done; item = next.next()) {
      const body = item.value;
      const { status, answer } = await post(body, options);
      const ok = v.safeParse(acceptedSchema, answer);
      if (status === 202 && ok.success) accepted.push({ body, eventId: ok.output.eventId });
      else if (status === 400) refused.push({ orderId: body.orderId, reason: reasonOf(answer) });
      else
        failed.push({ orderId: body.orderId, reason: status === 0 ? "no answer" : `the service answered ${status}` });
      options.onSettled();
    }
  };
  await Promise.all(Array.from({ length: options.concurrency }, work));
  return { accepted, refused, failed };
}

/** Status 0: no answer, whose outcome is as unknown as that of a 503. */
async function post(body: OrderBody, { url, retryForMs }: PostOptions): Promise<{ status: number; answer: unknown }> {
  const giveUpAt = Date.now() + retryForMs;
  for (let pauseMs = 250; ; pauseMs = Math.min(pauseMs * 2, 5_000)) {
    const { status, text } = await request(url, body);
    const isSettled = status !== 503 && status !== 0;
    if (isSettled || Date.now() + pauseMs > giveUpAt) return { status, answer: parseJson(text) };
    await delay(pauseMs);
  }
}

async function request(url: string, body: OrderBody): Promise<{ status: number; text: string }> {
  try {
    const response = await fetch(`${url}/orders`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    return { status: response.status, text: await response.text() };
  } catch {
    return { status: 0, text: "" };
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function reasonOf(answer: unknown): string {
  const parsed = v.safeParse(refusedSchema, answer);
  if (!parsed.success) return "the service gave no reason";
  return parsed.output.errors.map(({ field, message }) => `${field} ${message}`).join("; ");
}
