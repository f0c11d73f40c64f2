import { type Access, aclsOf, deadLetterTopicsOf, topicsOf } from "../access/index.ts";
import type { ClusterState, DesiredState, NamedPrincipal } from "./model.ts";

/** What the access file says of a cluster: its topics, dead-letter topics included, and the ACLs of its principals. */
export function desiredStateOf(access: Access): DesiredState {
  return {
    topics: topicsOf(access),
    acls: aclsOf(access),
    principals: principalsOf(access),
    foreignPrefixes: access.blacklistPrefixes,
  };
}

function principalsOf({ services, users, customAcls }: Access): Map<string, NamedPrincipal> {
  const own = [...services, ...users].map(({ principal, name }) => ({ principal, name, isOwn: true }));
  const named = customAcls.map(({ principal, of }) => ({ principal, name: of, isOwn: false }));
  return new Map(
    [...Map.groupBy([...own, ...named], ({ principal }) => principal)].map(([principal, holders]) => [
      principal,
      { names: [...new Set(holders.map(({ name }) => name))], isOwn: holders.some(({ isOwn }) => isOwn) },
    ]),
  );
}

/**
 * The same on a cluster that has fewer brokers than it is to have when deployed, such as one on a laptop: no topic can
 * have more copies than there are brokers, nor demand more in sync.
 */
export function fittedTo(brokers: number, desired: DesiredState): DesiredState {
  const atMost = (value: number) => Math.min(value, brokers);
  const topics = desired.topics.map((topic) => {
    const minInSync = topic.configs["min.insync.replicas"];
    const configs = { ...topic.configs };
    if (minInSync !== undefined) configs["min.insync.replicas"] = String(atMost(Number(minInSync)));
    return { ...topic, replication: atMost(topic.replication), configs };
  });
  return { ...desired, topics };
}

/** The two states that are compared. */
export interface States {
  readonly desired: DesiredState;
  readonly actual: ClusterState;
}

/** Those of the names that are neither a topic, service or user of the file nor a topic or principal of the cluster. */
export function unknownTargets(names: readonly string[], { desired, actual }: States): string[] {
  const holders = [...desired.principals.values()].flatMap(({ names: its }) => its);
  const topics = [...desired.topics, ...actual.topics].map(({ name }) => name);
  const known = new Set([...holders, ...topics, ...actual.acls.map(({ principal }) => principal)]);
  return names.filter((name) => !known.has(name));
}

/**
 * The part of both states that the names are about: the topics of these names, and of a service or user its ACLs and
 * dead-letter topics. Of a principal, all its ACLs, even if they are foreign otherwise: who names it, means it.
 */
export function targeted(names: readonly string[], access: Access, { desired, actual }: States): States {
  const targets = new Set(names);
  const deadLetterTopics = access.services
    .filter(({ name }) => targets.has(name))
    .flatMap((service) => deadLetterTopicsOf(access, service));
  const chosen = new Set([...names, ...deadLetterTopics]);
  const isChosen = ({ name }: { readonly name: string }) => chosen.has(name);
  const isHeld = ({ principal }: { readonly principal: string }) =>
    targets.has(principal) || (desired.principals.get(principal)?.names.some((name) => targets.has(name)) ?? false);
  const principals = new Map(desired.principals);
  for (const { principal } of actual.acls) {
    if (targets.has(principal))
      principals.set(principal, { names: [principal], ...principals.get(principal), isOwn: true });
  }
  return {
    desired: { ...desired, topics: desired.topics.filter(isChosen), acls: desired.acls.filter(isHeld), principals },
    actual: { ...actual, topics: actual.topics.filter(isChosen), acls: actual.acls.filter(isHeld) },
  };
}
