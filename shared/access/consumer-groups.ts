import type { Service } from "./model.ts";

/**
 * The consumer group in which a service reads a topic. An event source mapping reads one topic, and Lambda wants a group
 * of its own for every mapping: a mapped service of several topics has the groups `<group-id>.<topic>`. (So a service
 * that comes to a second topic reads the first one again, from its beginning; with the new group its claims are new too.)
 * Any other service is one client with one group.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/kafka-consumer-group-id.html
 */
export function consumerGroupOf({ mapped, consumes, groupId }: Service, topic: string): string {
  return mapped && consumes.length > 1 ? `${groupId}.${topic}` : groupId;
}

/** Every consumer group of a service, each once; a service that consumes nothing has the one that it would have. */
export function consumerGroupsOf(service: Service): string[] {
  const groups = service.consumes.map((topic) => consumerGroupOf(service, topic));
  return groups.length === 0 ? [service.groupId] : [...new Set(groups)];
}

/** A service as one of its event source mappings: it consumes this topic alone, in the group for it. */
export function mappedService(service: Service, topic: string): Service {
  return { ...service, consumes: [topic], groupId: consumerGroupOf(service, topic) };
}
