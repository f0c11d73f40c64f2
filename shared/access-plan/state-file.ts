import { stringify } from "yaml";
import { type Acl, parseAccess } from "../access/index.ts";
import { BackboneError } from "../errors.ts";
import type { ClusterState, ClusterTopic } from "./model.ts";
import { foreignSettingsOf, overridesOf } from "./plan-topics.ts";
import { type Recognized, recognize } from "./recognize.ts";

/** What a cluster has, as an access file; and what the file cannot say. */
export interface StateFile {
  readonly text: string;
  /**
   * What is not in the file, hence foreign to it and left alone, and why, a line each: principals with all their ACLs,
   * topics (under the blacklist), settings of topics. E.g. `ACLs of User:* are left out: …`.
   */
  readonly leftOut: readonly string[];
}

/**
 * An access file that says of a cluster what is there, so that a plan of it changes nothing.
 *
 * Of a topic it says what differs from the brokers' defaults; of a principal what `recognize` finds it to be, and its
 * further ACLs one by one.
 */
export function stateFileOf({ topics: present, acls }: ClusterState): StateFile {
  const replication = commonReplication(present);
  const defaults = { replication };
  const leftOut: string[] = [];
  /** Whether an access file may have these sections. */
  function isSayable(what: string, sections: object): boolean {
    const problem = problemOf({ settings: { topics: { defaults } }, topics: {}, ...sections });
    if (problem !== undefined) leftOut.push(`${what} left out: ${problem}`);
    return problem === undefined;
  }

  const topics = present.filter((topic) =>
    isSayable(`topic ${topic.name}, and every other undeclared one that begins so, is`, {
      topics: { [topic.name]: topicEntry(topic, replication) },
    }),
  );
  for (const topic of topics) {
    for (const setting of foreignSettingsOf(topic)) {
      leftOut.push(`${setting} of topic ${topic.name} is left out: no topic setting of Kafka`);
    }
  }
  const foreign = present.filter((topic) => !topics.includes(topic)).map(({ name }) => name);
  const byPrincipal = Map.groupBy(acls, ({ principal }) => principal);
  const names = fileNames([...byPrincipal.keys()], (principal, name) =>
    isSayable(`ACLs of ${principal} are`, { users: { [name]: { principal } } }),
  );
  const found = recognizeAll(names, byPrincipal, new Set(topics.map(({ name }) => name))).filter((one) =>
    isSayable(`ACLs of ${principalOf(one)} are`, principalSections([one])),
  );
  return {
    text: stringify(
      {
        settings: {
          topics: { defaults, ...(foreign.length > 0 ? { blacklist: { prefixed: foreign } } : {}) },
        },
        // Also of a cluster that has none: a file without any section would be refused.
        topics: Object.fromEntries(topics.map((topic) => [topic.name, topicEntry(topic, replication)])),
        ...withoutEmptySections(principalSections(found)),
      },
      { lineWidth: 0 },
    ),
    leftOut,
  };
}

const soleFile = "imported";

/** Why no access file says that. */
function problemOf(state: object): string | undefined {
  try {
    parseAccess(stringify(state), soleFile);
    return undefined;
  } catch (error) {
    if (error instanceof BackboneError) return error.message.replace(`${soleFile}: `, "");
    throw error;
  }
}

function recognizeAll(
  names: ReadonlyMap<string, string>,
  byPrincipal: ReadonlyMap<string, readonly Acl[]>,
  topics: ReadonlySet<string>,
): Recognized[] {
  // A service that consumes nothing has a group by its name.
  const groups = new Set(names.values());
  return [...names].map(([principal, name]) => {
    const isFree = (group: string) => group === name || !groups.has(group);
    const found = recognize({ name, principal, acls: byPrincipal.get(principal) ?? [], topics, isFree });
    if (found.kind === "service") groups.add(found.service.groupId);
    return found;
  });
}

function principalOf(found: Recognized): string {
  return found.kind === "service" ? found.service.principal : found.user.principal;
}

function principalSections(found: readonly Recognized[]) {
  const services = found.filter((one) => one.kind === "service");
  const users = found.filter((one) => one.kind === "user");
  return {
    services: Object.fromEntries(
      services.map(({ service: { name, principal, groupId, produces, consumes } }) => [
        name,
        {
          type: "application",
          auth: "scram",
          "dead-letters": false,
          ...(principal === `User:${name}` ? {} : { principal }),
          ...(groupId === name ? {} : { "group-id": groupId }),
          ...(produces.length > 0 ? { produces } : {}),
          ...(consumes.length > 0 ? { consumes } : {}),
        },
      ]),
    ),
    users: Object.fromEntries(
      users.map(({ user: { name, principal, roles } }) => [
        name,
        { ...(principal === `User:${name}` ? {} : { principal }), ...(roles.length > 0 ? { roles } : {}) },
      ]),
    ),
    customServiceAcls: customSection(services.map(({ service: { name }, custom }) => [name, custom])),
    customUserAcls: customSection(users.map(({ user: { name }, custom }) => [name, custom])),
  };
}

function customSection(customs: readonly (readonly [name: string, acls: readonly Acl[]])[]) {
  return Object.fromEntries(
    customs
      .filter(([, acls]) => acls.length > 0)
      .map(([name, acls]) => [
        name,
        Object.fromEntries(
          acls.map((acl, index) => [`${acl.operation.toLowerCase().replaceAll("_", "-")}-${index + 1}`, aclEntry(acl)]),
        ),
      ]),
  );
}

function aclEntry({ resourceName, resourceType, patternType, host, operation, permission }: Acl) {
  const from = host === "*" ? {} : { host };
  return { name: resourceName, type: resourceType, pattern: patternType, ...from, operation, permission };
}

function topicEntry(topic: ClusterTopic, commonly: number) {
  const { partitions, replication } = topic;
  const configs = Object.entries(overridesOf(topic)).map(([key, value]) => [key, scalar(value)]);
  return {
    partitions,
    ...(replication === commonly ? {} : { replication }),
    ...(configs.length > 0 ? { configs: Object.fromEntries(configs) } : {}),
  };
}

/** A number where that is the same text again: 2^63 - 1, for one, is not. */
function scalar(value: string): string | number {
  return Number.isSafeInteger(Number(value)) && String(Number(value)) === value ? Number(value) : value;
}

function commonReplication(topics: readonly ClusterTopic[]): number {
  const counts = [...Map.groupBy(topics, ({ replication }) => replication)];
  return counts.sort(([, one], [, other]) => other.length - one.length)[0]?.[0] ?? 3;
}

/** A name of its own for each principal: `User:CN=billing,OU=shop` is `CN-billing-OU-shop`, what makes no name `principal`. */
function fileNames(
  principals: readonly string[],
  isSayable: (principal: string, name: string) => boolean,
): Map<string, string> {
  const names = new Map<string, string>();
  const taken = new Set<string>();
  for (const principal of principals) {
    const derived = principal.slice("User:".length).replaceAll(/[^a-zA-Z0-9._-]+/g, "-");
    const base = problemOf({ users: { [derived]: {} } }) === undefined ? derived : "principal";
    let name = base;
    for (let count = 2; taken.has(name); count += 1) name = `${base}-${count}`;
    if (!isSayable(principal, name)) continue;
    taken.add(name);
    names.set(principal, name);
  }
  return names;
}

function withoutEmptySections(sections: Readonly<Record<string, object>>) {
  return Object.fromEntries(Object.entries(sections).filter(([, section]) => Object.keys(section).length > 0));
}
