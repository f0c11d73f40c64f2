import { avro, type SchemaFormat, type SubjectNameStrategy } from "../schema-registry/index.ts";
import {
  inventoryRejectedSchema,
  inventoryRejectedType,
  inventoryReservedSchema,
  inventoryReservedType,
} from "./inventory-events.ts";
import { orderCreatedSchema, orderCreatedType } from "./order-created.ts";

/** The topics that events are published to, by the names that the code has for them. */
export type TopicName = "orderEvents" | "inventoryEvents";

/**
 * How the subjects of a topic are named: by the topic alone where it carries one type of event; where it carries several,
 * each has a history of its own.
 */
export const subjectNameStrategies = {
  orderEvents: "TopicNameStrategy",
  inventoryEvents: "TopicRecordNameStrategy",
} as const satisfies Readonly<Record<TopicName, SubjectNameStrategy>>;

export interface EventSchema {
  readonly eventType: string;
  readonly topic: TopicName;
  /** Schema of the event's data. */
  readonly schema: SchemaFormat;
}

/** Every event that is published: one entry a type. Deployments register these. */
export const eventSchemas: readonly EventSchema[] = [
  { eventType: orderCreatedType, topic: "orderEvents", schema: avro(orderCreatedSchema) },
  { eventType: inventoryReservedType, topic: "inventoryEvents", schema: avro(inventoryReservedSchema) },
  { eventType: inventoryRejectedType, topic: "inventoryEvents", schema: avro(inventoryRejectedSchema) },
];
