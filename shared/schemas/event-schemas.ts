import { orderCreatedSchema, orderCreatedType } from "./order-created.ts";

/** The topics that events are published to, by the names that the code has for them. */
export type TopicName = "orderEvents";

export interface EventSchema {
  readonly eventType: string;
  readonly topic: TopicName;
  /** Avro schema of the event's data. */
  readonly schema: object;
}

/** Every event that is published: one entry a type. Deployments register these. */
export const eventSchemas: readonly EventSchema[] = [
  { eventType: orderCreatedType, topic: "orderEvents", schema: orderCreatedSchema },
];

/**
 * The subject under which the schema of a topic's values is registered (TopicNameStrategy).
 *
 * @see https://docs.confluent.io/platform/current/schema-registry/fundamentals/serdes-develop/index.html#subject-name-strategy
 */
export function valueSubject(topic: string): string {
  return `${topic}-value`;
}
