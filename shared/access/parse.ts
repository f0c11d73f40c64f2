import { crossCheck } from "./cross-check.ts";
import type { Access, Connector, CustomAcl, Service, Topic, User } from "./model.ts";
import type { State } from "./schema.ts";
import { parseStateFile } from "./state-file.ts";
import { invalid, readText } from "./yaml-file.ts";

/** Copies of each record where neither the topic nor the file's settings say: one in each of three zones. */
const defaultReplication = 3;

export interface AccessOptions {
  /** The stage whose `variables` hold. @default none: only the variables of `default` */
  readonly stage?: string;
  /**
   * Stages that `variables` may name beside `default`; others are refused. Synthesis and `npm run access` give them; the
   * local backbone and `npm run dead-letters` leave the check to these, as the names load the CDK.
   *
   * @default any
   */
  readonly stages?: readonly string[];
}

/**
 * Reads the access file: topics, services, users and what each may do, in kafka-gitops' state format.
 *
 * @param path path of the YAML file; the files that it names in `settings.files` are found from its folder
 * @throws BackboneError INVALID_OPTIONS that names the file and, all at once, each wrong place with its path, the value
 * got and what is allowed
 */
export function readAccess(path: string, options?: AccessOptions): Access {
  return parseAccess(readText(path), path, options);
}

/**
 * The same as `readAccess`, for text that is at hand.
 *
 * @param file path of the file, for messages and for the files that it names
 * @throws BackboneError INVALID_OPTIONS, see `readAccess`
 */
export function parseAccess(text: string, file: string, options: AccessOptions = {}): Access {
  const { state, files } = parseStateFile(text, file, options);
  const access = accessOf(state);
  const contradictions = crossCheck(access);
  if (contradictions.length > 0) {
    const fileOf = (problem: string) =>
      Object.entries(files).find(([section]) => problem.startsWith(`${section}.`))?.[1] ?? file;
    // Several files: each problem under the one that it stands in.
    const byFile = [...Map.groupBy(contradictions, fileOf)];
    const [[first, problems] = [file, []], ...others] = byFile;
    throw invalid(first, [...problems, ...others.flatMap(([other, its]) => its.map((it) => `${other}: ${it}`))]);
  }
  return access;
}

function accessOf(state: State): Access {
  const { topics: topicSettings, services: serviceSettings } = state.settings ?? {};
  const replication = topicSettings?.defaults?.replication ?? defaultReplication;
  const topics = Object.entries(state.topics).map(
    ([name, { partitions, configs, ...topic }]): Topic => ({
      name,
      partitions,
      replication: topic.replication ?? replication,
      configs,
      ...aboutOf(topic),
    }),
  );
  const services = Object.entries(state.services).map(([name, service]) => serviceOf(name, service));
  const users = Object.entries(state.users).map(
    ([name, { principal = `User:${name}`, roles }]): User => ({ name, principal, roles }),
  );
  // What kafka-streams and kafka-connect make for themselves.
  const madeByServices = services.flatMap(({ applicationId, storageTopics }) => [
    ...(applicationId === undefined ? [] : [`${applicationId}-`]),
    ...storageTopics,
  ]);
  return {
    topics,
    services,
    users,
    customAcls: [
      ...customAclsOf("customServiceAcls", state.customServiceAcls, services),
      ...customAclsOf("customUserAcls", state.customUserAcls, users),
    ],
    blacklistPrefixes: [...(topicSettings?.blacklist?.prefixed ?? []), ...madeByServices],
    describesTopics: serviceSettings?.acls?.describeTopicEnabled ?? false,
  };
}

function serviceOf(name: string, service: State["services"][string]): Service {
  // Only ACLs name a principal: who states one, means them.
  const auth = service.auth ?? (service.principal === undefined ? "iam" : "scram");
  const common = {
    name,
    ...aboutOf(service),
    principal: service.principal ?? `User:${name}`,
    auth,
    mapped: false,
    deadLetters: false,
    redrives: false,
    produces: service.produces,
    consumes: [],
    connectors: [],
    storageTopics: [],
  } as const;
  switch (service.type) {
    case "application":
      return {
        ...common,
        type: service.type,
        groupId: service["group-id"] ?? name,
        mapped: service["event-source-mapping"] ?? auth === "iam",
        deadLetters: service["dead-letters"],
        redrives: service.redrives,
        consumes: service.consumes,
      };
    case "kafka-connect": {
      const { config, offset, status } = service["storage-topics"] ?? {};
      return {
        ...common,
        type: service.type,
        groupId: service["group-id"] ?? name,
        connectors: Object.entries(service.connectors).map(
          ([connector, { produces, consumes }]): Connector => ({ name: connector, produces, consumes }),
        ),
        storageTopics: [
          config ?? `connect-configs-${name}`,
          offset ?? `connect-offsets-${name}`,
          status ?? `connect-status-${name}`,
        ],
      };
    }
    case "kafka-streams": {
      const applicationId = service["application-id"] ?? name;
      return { ...common, type: service.type, groupId: applicationId, applicationId, consumes: service.consumes };
    }
  }
}

function aboutOf({
  owner,
  description,
}: {
  readonly owner?: string | undefined;
  readonly description?: string | undefined;
}) {
  return { ...(owner === undefined ? {} : { owner }), ...(description === undefined ? {} : { description }) };
}

function customAclsOf(
  section: CustomAcl["section"],
  acls: State["customServiceAcls"],
  holders: readonly { readonly name: string; readonly principal: string }[],
): CustomAcl[] {
  return Object.entries(acls).flatMap(([of, entries]) => {
    const holder = holders.find(({ name }) => name === of);
    return Object.values(entries).map(
      (acl): CustomAcl => ({
        section,
        of,
        principal: acl.principal ?? holder?.principal ?? `User:${of}`,
        host: acl.host,
        resourceType: acl.type,
        resourceName: acl.name,
        patternType: acl.pattern,
        operation: acl.operation,
        permission: acl.permission,
      }),
    );
  });
}
