import { consumerGroupsOf } from "./consumer-groups.ts";
import { deadLetterTopicsOf } from "./dead-letters.ts";
import { clusterName, redriveGroupPrefix } from "./grants.ts";
import { internalPrefix } from "./internal-topics.ts";
import type { Access, Acl, CustomAcl, Service, Topic } from "./model.ts";
import { maxNameLength } from "./schema.ts";

/** Lambda's limit for the consumer group of an event source mapping; Kafka itself has none. */
const maxGroupLength = 200;

/** What no single place of the file shows: names that must fit each other. Each problem names its path. */
export function crossCheck(access: Access): string[] {
  const { topics, services } = access;
  return [
    ...topics.filter(({ name }) => name.startsWith(internalPrefix)).map(internalName),
    ...topics.flatMap(impossibleCopies),
    ...topics
      .filter(({ configs }) => /^true$/i.test(configs["remote.storage.enable"] ?? ""))
      .flatMap(compactedRemotely),
    ...services.flatMap((service) => topicListProblems(service, access)),
    ...services.flatMap(tooLongGroups),
    ...services.flatMap((service) => captured(service, access)),
    ...sharedGroups(services),
    ...redriveGroups(access),
    ...customAclProblems(access),
    ...nameClashes(access),
  ];
}

function internalName({ name }: Topic): string {
  return `topics.${name}: must not begin with ${internalPrefix}, as Kafka's own topics do`;
}

function impossibleCopies({ name, replication, configs }: Topic): string[] {
  const minInSync = configs["min.insync.replicas"] ?? "1";
  return Number(minInSync) <= replication
    ? []
    : [
        `topics.${name}.configs.min.insync.replicas: must be 1 to ${replication}, the topic's replication, got ${minInSync}`,
      ];
}

/** https://kafka.apache.org/documentation/#tiered_storage_limitation */
function compactedRemotely({ name, configs }: Topic): string[] {
  const policy = configs["cleanup.policy"] ?? "delete";
  return policy.includes("compact")
    ? [`topics.${name}.configs.cleanup.policy: must be delete beside remote.storage.enable=true, got ${policy}`]
    : [];
}

function topicListProblems(service: Service, access: Access): string[] {
  const path = `services.${service.name}`;
  return [
    ...topicProblems(`${path}.produces`, service.produces, access),
    ...topicProblems(`${path}.consumes`, service.consumes, access),
    ...service.connectors.flatMap(({ name, produces, consumes }) => [
      ...topicProblems(`${path}.connectors.${name}.produces`, produces, access),
      ...topicProblems(`${path}.connectors.${name}.consumes`, consumes, access),
    ]),
  ];
}

/** A topic that is neither declared nor said to be of others is a mistake, unless the file leaves all topics to others. */
function topicProblems(path: string, list: readonly string[], { topics, blacklistPrefixes }: Access): string[] {
  const known = new Set(topics.map(({ name }) => name));
  return list.flatMap((topic, index) => {
    if (list.indexOf(topic) < index) return [`${path}.${index}: '${topic}' is named twice`];
    if (known.size === 0 || known.has(topic) || blacklistPrefixes.some((prefix) => topic.startsWith(prefix))) return [];
    const prefixes =
      blacklistPrefixes.length === 0 ? "" : `, or begin as those of others do (${blacklistPrefixes.join(", ")})`;
    return [`${path}.${index}: must be a topic of this file (${[...known].join(", ")})${prefixes}, got '${topic}'`];
  });
}

function tooLongGroups(service: Service): string[] {
  const path = `services.${service.name}.${service.applicationId === undefined ? "group-id" : "application-id"}`;
  return consumerGroupsOf(service)
    .filter((group) => group.length > maxGroupLength)
    .map(
      (group) => `${path}: the group '${group}' must have at most ${maxGroupLength} characters, got ${group.length}`,
    );
}

/**
 * Its prefix grants let a kafka-streams service delete every topic that begins with its application id, and write in every
 * transaction whose id begins so; they must not cover anybody else's.
 */
function captured({ name, applicationId }: Service, access: Access): string[] {
  if (applicationId === undefined) return [];
  return namesOfOthers(name, applicationId, access)
    .filter(({ other }) => other.startsWith(applicationId))
    .map(
      ({ what, other }) =>
        `services.${name}.application-id: '${applicationId}' must not be what ${what} '${other}' begins with, since the ` +
        "service may delete topics, and write in transactions, whose names begin so",
    );
}

function namesOfOthers(service: string, applicationId: string, access: Access) {
  const { topics, services, customAcls } = access;
  const isInternal = (topic: string) =>
    topic.startsWith(`${applicationId}-`) && /-(changelog|repartition)$/.test(topic);
  const used = services
    .flatMap((holder) => [holder, ...holder.connectors])
    .flatMap((one) => [...one.produces, ...one.consumes]);
  // Also those of others, which the file only uses.
  const named = new Set([...topics.map(({ name }) => name), ...used]);
  return [
    ...[...named].filter((topic) => !isInternal(topic)).map((topic) => ({ what: "the topic", other: topic })),
    ...services.flatMap((holder) => [
      ...deadLetterTopicsOf(access, holder).map((other) => ({ what: "the dead-letter topic", other })),
      ...holder.storageTopics.map((other) => ({ what: `the storage topic of ${holder.name},`, other })),
      // Two of the same id are one group, which is refused as such.
      ...(holder.applicationId === undefined || holder.applicationId === applicationId
        ? []
        : [{ what: `the application id of ${holder.name},`, other: holder.applicationId }]),
    ]),
    ...customAcls
      .filter(
        ({ section, of, resourceType, permission }) =>
          !(section === "customServiceAcls" && of === service) &&
          resourceType === "TRANSACTIONAL_ID" &&
          permission === "ALLOW",
      )
      .map(({ of, resourceName }) => ({ what: `the transactional id of ${of},`, other: resourceName })),
  ];
}

/** Two services in one group would take each other's records. */
function sharedGroups(services: readonly Service[]): string[] {
  const groups = services.flatMap(groupsOf);
  return groups.flatMap(({ path, group }, index) => {
    const first = groups.slice(0, index).find((other) => other.group === group);
    return first === undefined ? [] : [`${path}: the group '${group}' is already that of ${first.path}`];
  });
}

/** Those who redrive may delete what begins so. Only one that is alone in that may have such groups itself. */
function redriveGroups({ services, customAcls }: Access): string[] {
  const redriving = services.filter(({ redrives }) => redrives);
  if (redriving.length === 0) return [];
  const exempt = redriving.length === 1 ? redriving[0] : undefined;
  const ofCustomAcls = customAcls
    .filter(({ resourceType, permission }) => resourceType === "GROUP" && permission === "ALLOW")
    .filter(({ section, of }) => section !== "customServiceAcls" || of !== exempt?.name)
    .map(({ section, of, resourceName }) => ({ path: `${section}.${of}`, group: resourceName }));
  return [...services.filter((service) => service !== exempt).flatMap(groupsOf), ...ofCustomAcls]
    .filter(({ group }) => group.startsWith(redriveGroupPrefix))
    .map(
      ({ path, group }) =>
        `${path}: the group '${group}' must not begin with ${redriveGroupPrefix}, as those that services with redrives delete`,
    );
}

function groupsOf(service: Service): { readonly path: string; readonly group: string }[] {
  const path = `services.${service.name}`;
  const key = service.applicationId === undefined ? "group-id" : "application-id";
  const producesOnly = service.type === "application" && service.consumes.length === 0;
  const own = producesOnly ? [] : consumerGroupsOf(service).map((group) => ({ path: `${path}.${key}`, group }));
  const sinks = service.connectors.filter(({ consumes }) => consumes.length > 0);
  return [...own, ...sinks.map(({ name }) => ({ path: `${path}.connectors.${name}`, group: `connect-${name}` }))];
}

/** ACLs do not govern IAM principals. */
function customAclProblems({ services, users, customAcls }: Access): string[] {
  const holders = {
    customServiceAcls: services.filter(({ auth }) => auth === "scram").map(({ name }) => name),
    customUserAcls: users.map(({ name }) => name),
  } as const;
  const kinds = { customServiceAcls: "a service of this file with auth scram", customUserAcls: "a user of this file" };
  const foreign = customAcls.filter(({ section, of }) => !holders[section].includes(of));
  const problems = foreign.map(
    ({ section, of }) =>
      `${section}.${of}: must be ${kinds[section]} (${holders[section].join(", ") || "there is none"}), got '${of}'`,
  );
  return [...new Set([...problems, ...customAcls.filter(isOfNoCluster).map(strangeCluster)])];
}

/** The brokers would refuse it in the middle of an apply: of ACLs they check nothing beforehand. */
function isOfNoCluster({ resourceType, resourceName }: Acl): boolean {
  return resourceType === "CLUSTER" && resourceName !== clusterName;
}

function strangeCluster({ section, of, resourceName }: CustomAcl): string {
  return `${section}.${of}: the name of a CLUSTER must be ${clusterName}, got '${resourceName}'`;
}

/** Derived names have to be Kafka's too; and Kafka holds `a.b` and `a_b` for the same, since its metrics do. */
function nameClashes(access: Access): string[] {
  const declared = access.topics.map(({ name }) => ({ name, what: `'${name}'` }));
  const derived = access.services.flatMap((service) =>
    deadLetterTopicsOf(access, service).map((name) => ({
      name,
      what: `'${name}', the dead-letter topic of ${service.name},`,
    })),
  );
  const seen = new Map<string, string>();
  return [...declared, ...derived].flatMap(({ name, what }) => {
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
      : [`topics: ${what} clashes with '${first}', which Kafka cannot tell apart from it`];
  });
}
