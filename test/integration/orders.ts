import { eventually } from "./running-backbone.ts";

/** A valid body of POST /orders under an id of its own. */
export function orderBody(orderId: string, ...lines: [sku: string, quantity: number][]) {
  return {
    orderId,
    customerId: "C-1",
    totalAmount: lines.reduce((sum, [, quantity]) => sum + quantity * 2.5, 0),
    createdAt: "2026-03-26T09:15:00Z",
    lines: lines.map(([sku, quantity]) => ({ sku, quantity, unitPrice: 2.5 })),
  };
}

export async function post(url: string, body: unknown): Promise<{ status: number; answer: Record<string, unknown> }> {
  const response = await fetch(`${url}/orders`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  return { status: response.status, answer: (await response.json()) as Record<string, unknown> };
}

/**
 * Posts until the service settles it: on a slow machine its time may be over first, and it answers 503, which says that
 * posting again is safe.
 */
export function postUntilSettled(url: string, body: unknown): ReturnType<typeof post> {
  return eventually("the order is settled", async () => {
    const posted = await post(url, body);
    return posted.status === 503 ? undefined : posted;
  });
}

/** What `GET /orders/{orderId}` answers. */
export async function get(url: string, orderId: string): Promise<{ status: number; answer: Record<string, unknown> }> {
  const response = await fetch(`${url}/orders/${encodeURIComponent(orderId)}`);
  return { status: response.status, answer: (await response.json()) as Record<string, unknown> };
}
