import { consumerGroupsOf } from "./consumer-groups.ts";
import { topicsOf } from "./dead-letters.ts";
import type { Access, Service, Topic } from "./model.ts";
import { maxNameLength } from "./schema.ts";

/** Lambda's limit for the consumer group of an event source mapping; Kafka itself has none. */
const maxGroupLength = 200;

/** What no single place of the file shows: names that must fit each other. Each problem names its path. */
export function crossCheck(access: Access): string[] {
  return [
    ...access.topics.flatMap(impossibleCopies),
    ...access.services.flatMap((service) => unknownTopics(service, access.topics)),
    ...access.services.flatMap(tooLongGroups),
    ...sharedNames(access.services, "principal", ({ principal }) => [principal]),
    ...sharedNames(access.services, "group-id", consumerGroupsOf),
    ...customAclProblems(access),
    ...nameClashes(topicsOf(access)),
  ];
}

function impossibleCopies({ name, replication, configs }: Topic): string[] {
  const minInSync = Number(configs["min.insync.replicas"] ?? 1);
  return minInSync >= 1 && minInSync <= replication
    ? []
    : [
        `topics.${name}.configs.min.insync.replicas: must be 1 to ${replication}, the topic's replication, got ${minInSync}`,
      ];
}

function unknownTopics(service: Service, topics: readonly Topic[]): string[] {
  const known = new Set(topics.map(({ name }) => name));
  return (["produces", "consumes"] as const).flatMap((list) =>
    service[list].flatMap((topic, index) => {
      const path = `services.${service.name}.${list}.${index}`;
      if (!known.has(topic)) {
        return [`${path}: must be a topic of this file (${[...known].join(", ") || "there is none"}), got '${topic}'`];
      }
      return service[list].indexOf(topic) < index ? [`${path}: '${topic}' is named twice`] : [];
    }),
  );
}

function tooLongGroups(service: Service): string[] {
  return consumerGroupsOf(service)
    .filter((group) => group.length > maxGroupLength)
    .map(
      (group) =>
        `services.${service.name}.group-id: must have at most ${maxGroupLength} characters, got ${group.length}`,
    );
}

/** Two services under one name could not be told apart by the broker, or would take each other's records. */
function sharedNames(
  services: readonly Service[],
  label: "principal" | "group-id",
  namesOf: (service: Service) => readonly string[],
): string[] {
  return services.flatMap((service, index) =>
    namesOf(service).flatMap((name) => {
      const first = services.slice(0, index).find((other) => namesOf(other).includes(name));
      return first === undefined
        ? []
        : [`services.${service.name}.${label}: '${name}' is already that of services.${first.name}`];
    }),
  );
}

function customAclProblems({ services, customAcls }: Access): string[] {
  const scram = services.filter(({ auth }) => auth === "scram").map(({ name }) => name);
  const foreign = new Set(customAcls.map(({ service }) => service).filter((service) => !scram.includes(service)));
  return [...foreign].map(
    (name) =>
      `customServiceAcls.${name}: must be a service of this file with auth scram (${scram.join(", ") || "there is none"})`,
  );
}

/** Derived names have to be Kafka's too; and Kafka holds `a.b` and `a_b` for the same, since its metrics do. */
function nameClashes(topics: readonly Topic[]): string[] {
  const seen = new Map<string, string>();
  return topics.flatMap(({ name }) => {
    if (name.length > maxNameLength) {
      return [
        `topics: the dead-letter topic '${name}' must have at most ${maxNameLength} characters, got ${name.length}`,
      ];
    }
    const folded = name.replaceAll(".", "_");
    const first = seen.get(folded);
    seen.set(folded, name);
    return first === undefined
      ? []
      : [`topics: '${name}' clashes with '${first}', which Kafka cannot tell apart from it`];
  });
}
