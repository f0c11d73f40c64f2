import type { Service } from "./model.ts";

/**
 * The consumer group in which a service reads a topic. An event source mapping reads one topic, and Lambda wants a group
 * of its own for every mapping: `<group-id>.<topic>`, however many topics the service has, since a mapping keeps its
 * group for life, and another topic must not rename it. Any other service is one client with one group.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/kafka-consumer-group-id.html
 */
export function consumerGroupOf({ mapped, groupId }: Service, topic: string): string {
  return mapped ? `${groupId}.${topic}` : groupId;
}

/** Every consumer group of a service, each once; a service that consumes nothing has its group id alone. */
export function consumerGroupsOf(service: Service): string[] {
  const groups = service.consumes.map((topic) => consumerGroupOf(service, topic));
  return groups.length === 0 ? [service.groupId] : [...new Set(groups)];
}

/** A service as one of its event source mappings: it consumes this topic alone. */
export function mappedService(service: Service, topic: string): Service {
  return { ...service, consumes: [topic] };
}
