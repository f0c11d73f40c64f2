import type { OutgoingEvent } from "../../shared/kafka/index.ts";
import { type OrderCreated, orderCreatedType } from "../../shared/schemas/index.ts";
import { eventIdOf } from "./event-id.ts";
import type { FieldError } from "./fields.ts";
import { parseOrder } from "./order.ts";

const source = "/order-service";

/** What a body comes to: the event that says that the order was placed, or why it cannot be. */
export type Placement =
  | {
      readonly status: "placed";
      readonly orderId: string;
      readonly event: OutgoingEvent<OrderCreated> & { id: string };
    }
  | { readonly status: "refused"; readonly errors: readonly FieldError[] };

/**
 * Decides about a posted order. It performs nothing.
 *
 * @param body the parsed JSON body
 * @param now taken as `createdAt` where the order names none
 */
export function placeOrder(body: unknown, now: Date): Placement {
  const parsed = parseOrder(body);
  if ("errors" in parsed) return { status: "refused", errors: parsed.errors };
  const { orderId, customerId, totalAmount, createdAt = now, lines } = parsed.order;
  return {
    status: "placed",
    orderId,
    event: {
      id: eventIdOf(orderId, body),
      source,
      type: orderCreatedType,
      data: { orderId, customerId, totalAmount, createdAt, lines },
    },
  };
}
