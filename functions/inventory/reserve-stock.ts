import { BackboneError } from "../../shared/errors.ts";
import type { Decide, Effects, Publication } from "../../shared/processing/index.ts";
import {
  type InventoryRejected,
  type InventoryReserved,
  inventoryRejectedType,
  inventoryReservedType,
  type OrderCreated,
} from "../../shared/schemas/index.ts";

const source = "/inventory";

/** The longest partition key that DynamoDB takes. */
const maxSkuBytes = 2048;

export interface ReservationLine {
  readonly sku: string;
  readonly quantity: number;
}

/** What is remembered of an order, one item an order. */
export interface Reservation {
  readonly orderId: string;
  readonly eventId: string;
  readonly customerId: string;
  readonly status: "RESERVED" | "REJECTED";
  /** One line a SKU. */
  readonly lines: readonly ReservationLine[];
  /** ISO 8601, UTC */
  readonly reservedAt: string;
  /** Present when rejected. */
  readonly reason?: string;
}

export interface ReserveStockOptions {
  /** Remaining units of each of the SKUs that are known; unknown ones are left out. A consistent read. */
  readonly readStock: (skus: readonly string[]) => Promise<ReadonlyMap<string, number>>;
  /** Units that an unknown SKU starts with. */
  readonly initialStock: number;
  readonly reservationsTable: string;
  readonly stockTable: string;
  /** Where it is published what came of an order. */
  readonly inventoryEventsTopic: string;
  /** @default () => new Date() */
  readonly now?: () => Date;
}

/**
 * The decision about an order: reserve all its lines, or none, and publish which.
 *
 * Too little stock is an outcome of the business: a rejected reservation, the stock untouched. A second order under one
 * orderId ends as DUPLICATE_BUSINESS_KEY on the dead-letter topic.
 */
export function createReserveStock({
  readStock,
  initialStock,
  reservationsTable,
  stockTable,
  inventoryEventsTopic,
  now = () => new Date(),
}: ReserveStockOptions): Decide<OrderCreated> {
  function reserveLine({ sku, quantity }: ReservationLine, isKnown: boolean): Effects {
    const key = { sku };
    if (isKnown) {
      return { increments: [{ table: stockTable, key, attribute: "remaining", by: -quantity, atLeast: 0 }] };
    }
    const item = { initial: initialStock, remaining: initialStock - quantity };
    const condition = "attribute_not_exists(sku)";
    return { writes: [{ action: "put", table: stockTable, key, item, condition, onConditionFailed: "redecide" }] };
  }

  return async function reserveStock(event): Promise<Effects> {
    if (!event.data) throw new BackboneError("MALFORMED_PAYLOAD", "the order event has no data");
    const { orderId, customerId } = event.data;
    const lines = mergeLines(event.data.lines);
    const stock = await readStock(lines.map(({ sku }) => sku));
    const lacking = lines.filter(({ sku, quantity }) => quantity > (stock.get(sku) ?? initialStock));

    const decidedAt = now();
    const reason = lacking.length > 0 ? `too little stock of ${lacking.map(({ sku }) => sku).join(", ")}` : undefined;
    const reservation: Omit<Reservation, "orderId"> = {
      eventId: event.id,
      customerId,
      status: reason === undefined ? "RESERVED" : "REJECTED",
      lines,
      reservedAt: decidedAt.toISOString(),
      ...(reason !== undefined && { reason }),
    };
    const changes = reason !== undefined ? [] : lines.map((line) => reserveLine(line, stock.has(line.sku)));
    return {
      writes: [
        {
          action: "put",
          table: reservationsTable,
          key: { orderId },
          item: reservation,
          condition: "attribute_not_exists(orderId)",
          onConditionFailed: "duplicateOfBusinessKey",
          eventIdAttribute: "eventId",
        },
        ...changes.flatMap(({ writes = [] }) => writes),
      ],
      increments: changes.flatMap(({ increments = [] }) => increments),
      publish: [
        reason === undefined
          ? published(inventoryReservedType, { orderId, lines, reservedAt: decidedAt })
          : published(inventoryRejectedType, { orderId, lines, reason, rejectedAt: decidedAt }),
      ],
    };
  };

  function published(type: string, data: InventoryReserved | InventoryRejected): Publication {
    return { topic: inventoryEventsTopic, key: data.orderId, event: { source, type, data } };
  }
}

/** One line a SKU, in the order of its first line: a transaction cannot touch one stock item twice. */
function mergeLines(lines: OrderCreated["lines"]): ReservationLine[] {
  const quantities = new Map<string, number>();
  for (const { sku, quantity } of lines) {
    if (!Number.isSafeInteger(quantity) || quantity < 1) {
      throw new BackboneError("RULE_VIOLATED", `a line's quantity must be an integer of at least 1, got ${quantity}`);
    }
    // Checked before the stock is read: a key that DynamoDB refuses fails the read of all who share it.
    const skuBytes = Buffer.byteLength(sku);
    if (skuBytes < 1 || skuBytes > maxSkuBytes) {
      throw new BackboneError("RULE_VIOLATED", `a line's SKU must have 1 to ${maxSkuBytes} bytes, got ${skuBytes}`);
    }
    quantities.set(sku, (quantities.get(sku) ?? 0) + quantity);
  }
  return [...quantities].map(([sku, quantity]) => ({ sku, quantity }));
}
