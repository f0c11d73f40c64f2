/**
 * What is known of an order, one item an order. Its two halves come from two topics, and either may be first: `orderEventId`,
 * `createdAt` and `acceptedAt` from `order-events`, the rest from `inventory-events`.
 */
export interface OrderStatus {
  readonly orderId: string;
  /** ACCEPTED until inventory has decided. */
  readonly status: "ACCEPTED" | "RESERVED" | "REJECTED";
  /** Id of the event by which the order was accepted. */
  readonly orderEventId?: string;
  /** When the customer placed the order: ISO 8601, UTC, like the other times. */
  readonly createdAt?: string;
  /** When the order service took it. */
  readonly acceptedAt?: string;
  /** Id of the event by which inventory decided. */
  readonly inventoryEventId?: string;
  readonly reservedAt?: string;
  readonly rejectedAt?: string;
  /** Why it was rejected, for people to read. */
  readonly reason?: string;
}
