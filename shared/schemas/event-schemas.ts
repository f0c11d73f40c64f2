import { avro, type SchemaFormat } from "../schema-registry/index.ts";
import { orderCreatedSchema, orderCreatedType } from "./order-created.ts";

/** The topics that events are published to, by the names that the code has for them. */
export type TopicName = "orderEvents";

export interface EventSchema {
  readonly eventType: string;
  readonly topic: TopicName;
  /** Schema of the event's data. */
  readonly schema: SchemaFormat;
}

/** Every event that is published: one entry a type. Deployments register these. */
export const eventSchemas: readonly EventSchema[] = [
  { eventType: orderCreatedType, topic: "orderEvents", schema: avro(orderCreatedSchema) },
];
