import { consumerGroupsOf } from "./consumer-groups.ts";
import { deadLetterTopicsOf, sourcesOf } from "./dead-letters.ts";
import type { Access, Grant, Operation, PatternType, ResourceType, Service, User, UserRole } from "./model.ts";

/** What the cluster is called among a broker's resources. */
export const clusterName = "kafka-cluster";

/** What the groups begin with in which dead letters are read by who redrives them: each reading is one, and is deleted. */
export const redriveGroupPrefix = "dead-letters-";

/**
 * What a service of the access file may do, whichever way it proves who it is; by kafka-gitops' rules, and with DESCRIBE
 * on an application's topics and the dead-letter topics of what it consumes:
 * - application: WRITE on what it produces and its dead letters, READ on what it consumes and, then, on its group; if it
 *   redrives, READ on every dead-letter topic, WRITE on every topic that one is of, and READ and DELETE on the groups that
 *   `npm run dead-letters` reads them in; and
 *   DESCRIBE_CONFIGS on the cluster if event source mappings read for it, of which Lambda asks that
 *   (https://docs.aws.amazon.com/lambda/latest/dg/with-kafka-troubleshoot.html#kafka-authorize-errors);
 * - kafka-connect: WRITE on what it produces, READ and WRITE on its storage topics, READ on the group of its workers, and
 *   for each connector WRITE on what it produces, READ on what it consumes and, then, on its group `connect-<name>`;
 * - kafka-streams: WRITE on what it produces, READ on what it consumes; on internal topics, those whose names begin with
 *   the application id, everything; its group; and what it takes to process exactly once, its transactional ids.
 *
 * Each grant is there once.
 */
export function grantsOf(access: Access, service: Service): Grant[] {
  return distinct(rules[service.type](access, service));
}

/** What a user's roles allow; kafka-gitops' roles. */
export function grantsOfUser({ roles }: User): Grant[] {
  return distinct(roles.flatMap((role) => userRules[role]));
}

const rules: Readonly<Record<Service["type"], (access: Access, service: Service) => Grant[]>> = {
  application: (access, service) => {
    const produced = [...service.produces, ...deadLetterTopicsOf(access, service)];
    return [
      ...on("TOPIC", produced, "WRITE", "DESCRIBE"),
      ...on("TOPIC", service.consumes, "READ", "DESCRIBE"),
      ...(service.consumes.length > 0 ? on("GROUP", consumerGroupsOf(service), "READ") : []),
      ...(service.redrives ? redriving(access) : []),
      ...(service.consumes.length > 0 && service.mapped ? on("CLUSTER", [clusterName], "DESCRIBE_CONFIGS") : []),
    ];
  },
  "kafka-connect": ({ describesTopics }, { produces, storageTopics, groupId, connectors }) => [
    ...traffic(describesTopics, { produces, consumes: [] }),
    ...on("TOPIC", storageTopics, "READ", "WRITE"),
    ...on("GROUP", [groupId], "READ"),
    ...connectors.flatMap((connector) => [
      ...traffic(describesTopics, connector),
      ...(connector.consumes.length > 0 ? on("GROUP", [`connect-${connector.name}`], "READ") : []),
    ]),
  ],
  "kafka-streams": ({ describesTopics }, service) => [
    ...traffic(describesTopics, service),
    ...below(
      "TOPIC",
      service.groupId,
      "READ",
      "WRITE",
      "DESCRIBE",
      "DELETE",
      "CREATE",
      "ALTER",
      "ALTER_CONFIGS",
      "DESCRIBE_CONFIGS",
    ),
    ...on("GROUP", [service.groupId], "READ", "DESCRIBE", "DELETE"),
    ...on("CLUSTER", [clusterName], "DESCRIBE_CONFIGS"),
    // processing.guarantee=exactly_once_v2 writes in transactions <application id>-<process id>-<thread>.
    ...below("TRANSACTIONAL_ID", service.groupId, "DESCRIBE", "WRITE"),
  ],
};

function redriving(access: Access): Grant[] {
  const deadLetters = access.services.flatMap((service) => deadLetterTopicsOf(access, service));
  const sources = access.services.flatMap((service) => sourcesOf(access, service).map(({ name }) => name));
  return [
    ...on("TOPIC", deadLetters, "READ", "DESCRIBE"),
    ...on("TOPIC", sources, "WRITE", "DESCRIBE"),
    ...below("GROUP", redriveGroupPrefix, "READ", "DELETE"),
  ];
}

const userRules: Readonly<Record<UserRole, readonly Grant[]>> = {
  writer: on("TOPIC", ["*"], "WRITE"),
  reader: [...on("TOPIC", ["*"], "READ"), ...on("GROUP", ["*"], "READ")],
  operator: [
    ...on("CLUSTER", [clusterName], "DESCRIBE"),
    ...on("TOPIC", ["*"], "DESCRIBE", "DESCRIBE_CONFIGS"),
    ...on("GROUP", ["*"], "READ", "DESCRIBE"),
  ],
};

interface Traffic {
  readonly produces: readonly string[];
  readonly consumes: readonly string[];
}

function traffic(describesTopics: boolean, { produces, consumes }: Traffic): Grant[] {
  return [
    ...on("TOPIC", produces, "WRITE"),
    ...on("TOPIC", consumes, "READ"),
    ...(describesTopics ? on("TOPIC", [...consumes, ...produces], "DESCRIBE") : []),
  ];
}

function on(resourceType: ResourceType, names: readonly string[], ...operations: readonly Operation[]): Grant[] {
  return names.flatMap((name) => grants(resourceType, name, "LITERAL", operations));
}

function below(resourceType: ResourceType, prefix: string, ...operations: readonly Operation[]): Grant[] {
  return grants(resourceType, prefix, "PREFIXED", operations);
}

function grants(
  resourceType: ResourceType,
  resourceName: string,
  patternType: PatternType,
  operations: readonly Operation[],
): Grant[] {
  return operations.map((operation) => ({ resourceType, resourceName, patternType, operation }));
}

/** The items without those that are equal to an earlier one. */
export function distinct<Item extends object>(items: readonly Item[]): Item[] {
  return [...new Map(items.map((item) => [JSON.stringify(item), item])).values()];
}
