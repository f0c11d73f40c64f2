import { expect } from "vitest";
import {
  avro,
  createDeserializer,
  createSerializer,
  type SchemaFormat,
} from "../../../../shared/schema-registry/index.ts";
import {
  type InventoryRejected,
  type InventoryReserved,
  inventoryRejectedSchema,
  inventoryRejectedType,
  inventoryReservedSchema,
  inventoryReservedType,
  orderCreatedSchema,
  orderCreatedType,
} from "../../../../shared/schemas/index.ts";
import type { TestEvent } from "../../../../shared/testing/index.ts";
import { orderCreated } from "../../../fixtures/events/order-events.ts";

const formats = {
  [orderCreatedType]: avro(orderCreatedSchema),
  [inventoryReservedType]: avro(inventoryReservedSchema),
  [inventoryRejectedType]: avro(inventoryRejectedSchema),
};
const byId = Object.values(formats);

/** A registry that knows the three schemas, under their places in the list. */
const registry = {
  schemaById: async (id: number) => byId[id] ?? expect.fail(`there is no schema ${id}`),
  idOf: async (_subject: string, { recordName }: SchemaFormat) =>
    byId.findIndex((format) => format.recordName === recordName),
};

export const deserializer = createDeserializer({ registry, readers: formats });
const serializer = createSerializer({
  registry,
  topic: "events",
  writers: formats,
  subjectNameStrategy: "TopicRecordNameStrategy",
});

async function event(type: string, id: string, data: { readonly orderId: string }): Promise<TestEvent> {
  return {
    id,
    source: type === orderCreatedType ? "/order-service" : "/inventory",
    type,
    time: "2026-01-01T08:26:01.000Z",
    datacontenttype: "application/avro",
    partitionkey: data.orderId,
    data: await serializer.serialize(type, data),
  };
}

export const created = (orderId: string, id = `created-${orderId}`) =>
  event(orderCreatedType, id, orderCreated({ orderId }));

export function reserved(orderId: string, id = `reserved-${orderId}`): Promise<TestEvent> {
  const data: InventoryReserved = { orderId, lines: [], reservedAt: new Date("2026-01-01T08:26:02.000Z") };
  return event(inventoryReservedType, id, data);
}

export function rejected(orderId: string, id = `rejected-${orderId}`): Promise<TestEvent> {
  const rejectedAt = new Date("2026-01-01T08:26:02.000Z");
  const data: InventoryRejected = { orderId, lines: [], reason: "too little stock of tea", rejectedAt };
  return event(inventoryRejectedType, id, data);
}

/** What the table holds of an order in the end, by what inventory said of it. */
export function statusOf(orderId: string, status: "RESERVED" | "REJECTED") {
  const at = "2026-01-01T08:26:02.000Z";
  return {
    orderId,
    status,
    orderEventId: `created-${orderId}`,
    createdAt: "2026-01-01T08:26:00.000Z",
    acceptedAt: "2026-01-01T08:26:01.000Z",
    ...(status === "RESERVED"
      ? { inventoryEventId: `reserved-${orderId}`, reservedAt: at }
      : { inventoryEventId: `rejected-${orderId}`, rejectedAt: at, reason: "too little stock of tea" }),
  };
}
