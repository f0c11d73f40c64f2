import type { CloudEventV1 } from "cloudevents";
import { BackboneError } from "../../shared/errors.ts";
import type { SourceRecord } from "../../shared/msk-event/index.ts";
import type { Decide, Effects } from "../../shared/processing/index.ts";
import {
  type InventoryRejected,
  type InventoryReserved,
  inventoryRejectedType,
  inventoryReservedType,
  type OrderCreated,
  orderCreatedType,
} from "../../shared/schemas/index.ts";
import { epochMsOf } from "../../shared/timestamp/index.ts";
import type { OrderStatus } from "./order-status.ts";

/** The data of each event that moves an order, by type: what the readers of the handler yield. */
interface DataOf {
  readonly [orderCreatedType]: OrderCreated;
  readonly [inventoryReservedType]: InventoryReserved;
  readonly [inventoryRejectedType]: InventoryRejected;
}

/** Data of the events that an order is followed by; of others nothing is read. */
export type OrderEventData = DataOf[keyof DataOf];

/** The types of those events. */
export const followedTypes: readonly string[] = [orderCreatedType, inventoryReservedType, inventoryRejectedType];

/**
 * The decision about an order's status: ACCEPTED, then RESERVED or REJECTED. Events of other types have no effects.
 *
 * The topics keep no order between them, so each event writes its own half of the item under a condition on that half
 * alone, and ACCEPTED is written only where no status is yet: whatever comes first, the item ends the same. A second
 * OrderCreated under one orderId, or a second word of inventory, ends as DUPLICATE_BUSINESS_KEY on the dead-letter topic.
 *
 * @param table keeps an `OrderStatus` by orderId
 */
export function createFollowOrder({ table }: { readonly table: string }): Decide<OrderEventData> {
  function writeOnce(orderId: string, mark: "orderEventId" | "inventoryEventId", eventId: string, half: Half): Effects {
    const attributes = Object.entries({ ...half, [mark]: eventId });
    const assignments = attributes.map(([name]) =>
      // A decision that is there already stays.
      name === "status" && half.status === "ACCEPTED"
        ? "#status = if_not_exists(#status, :status)"
        : `#${name} = :${name}`,
    );
    return {
      writes: [
        {
          action: "update",
          table,
          key: { orderId },
          update: `SET ${assignments.join(", ")}`,
          condition: `attribute_not_exists(#${mark})`,
          names: Object.fromEntries(attributes.map(([name]) => [`#${name}`, name])),
          values: Object.fromEntries(attributes.map(([name, value]) => [`:${name}`, value])),
          onConditionFailed: "duplicateOfBusinessKey",
          eventIdAttribute: mark,
        },
      ],
    };
  }

  return function followOrder(event, record): Effects {
    if (isOf(event, orderCreatedType)) {
      const { orderId, createdAt } = dataOf(event);
      const acceptedAt = timeOf(event, record);
      const half = { status: "ACCEPTED", createdAt: createdAt.toISOString(), acceptedAt } as const;
      return writeOnce(orderId, "orderEventId", event.id, half);
    }
    if (isOf(event, inventoryReservedType)) {
      const { orderId, reservedAt } = dataOf(event);
      const half = { status: "RESERVED", reservedAt: reservedAt.toISOString() } as const;
      return writeOnce(orderId, "inventoryEventId", event.id, half);
    }
    if (isOf(event, inventoryRejectedType)) {
      const { orderId, rejectedAt, reason } = dataOf(event);
      const half = { status: "REJECTED", rejectedAt: rejectedAt.toISOString(), reason } as const;
      return writeOnce(orderId, "inventoryEventId", event.id, half);
    }
    return {};
  };
}

type Half = Omit<OrderStatus, "orderId" | "orderEventId" | "inventoryEventId">;

/** The handler reads each type with its own schema, so the type says what the data is. */
function isOf<Type extends keyof DataOf>(
  event: CloudEventV1<unknown>,
  type: Type,
): event is CloudEventV1<DataOf[Type]> {
  return event.type === type;
}

function dataOf<T>({ data, type }: CloudEventV1<T>): T {
  if (data === undefined) throw new BackboneError("MALFORMED_PAYLOAD", `the event of type ${type} has no data`);
  return data;
}

/** The event's own time, or else its record's, which Kafka has for every one. */
function timeOf({ time }: CloudEventV1<unknown>, { timestampMs }: SourceRecord): string {
  const ms = time === undefined ? undefined : epochMsOf(time);
  return new Date(ms ?? timestampMs).toISOString();
}
