import { type Access, type Acl, aclsOf, type Service, type User, type UserRole } from "../access/index.ts";
import { keyOf } from "./plan-acls.ts";

/** What a principal of a cluster is in an access file, and the ACLs that do not follow from that. */
export type Recognized =
  | { readonly kind: "service"; readonly service: Service; readonly custom: readonly Acl[] }
  | { readonly kind: "user"; readonly user: User; readonly custom: readonly Acl[] };

export interface Principal {
  /** The name that it gets in the file. */
  readonly name: string;
  readonly principal: string;
  readonly acls: readonly Acl[];
  /** Topics that the file will have. */
  readonly topics: ReadonlySet<string>;
  /** Whether the file has the consumer group for nobody else. */
  readonly isFree: (group: string) => boolean;
}

/**
 * A principal with all that a service needs to produce or to consume is that service; any other is a user, with the roles
 * whose rights it has in full.
 */
export function recognize(principal: Principal): Recognized {
  const service = serviceOf(principal);
  if (service !== undefined) return { kind: "service", service, custom: rest(principal, { services: [service] }) };
  const user = userOf(principal);
  return { kind: "user", user, custom: rest(principal, { users: [user] }) };
}

function serviceOf({ name, principal, acls, topics, isFree }: Principal): Service | undefined {
  const has = new Set(acls.map(keyOf));
  const may = (service: Service) => aclsOf({ ...nobody, services: [service] }).every((acl) => has.has(keyOf(acl)));
  const without: Service = {
    name,
    type: "application",
    principal,
    groupId: name,
    auth: "scram",
    mapped: false,
    deadLetters: false,
    redrives: false,
    produces: [],
    consumes: [],
    connectors: [],
    storageTopics: [],
  };
  const readGroups = acls
    .filter(({ resourceType, operation }) => resourceType === "GROUP" && operation === "READ")
    .map(({ resourceName }) => resourceName)
    .filter((group) => /^[a-zA-Z0-9._-]{1,200}$/.test(group) && isFree(group));
  const groupId = readGroups.includes(name) ? name : (readGroups[0] ?? name);
  const named = [...new Set(acls.map(({ resourceName }) => resourceName))].filter((topic) => topics.has(topic));
  const produces = named.filter((topic) => may({ ...without, produces: [topic] }));
  const consumes = named.filter((topic) => may({ ...without, groupId, consumes: [topic] }));
  if (produces.length + consumes.length === 0) return undefined;
  return { ...without, ...(consumes.length > 0 ? { groupId } : {}), produces, consumes };
}

const roles = ["writer", "reader", "operator"] as const satisfies UserRole[];

function userOf({ name, principal, acls }: Principal): User {
  const has = new Set(acls.map(keyOf));
  const may = (role: UserRole) =>
    aclsOf({ ...nobody, users: [{ name, principal, roles: [role] }] }).every((acl) => has.has(keyOf(acl)));
  return { name, principal, roles: roles.filter(may) };
}

/** What they may do besides. */
function rest({ acls }: Principal, has: Pick<Partial<Access>, "services" | "users">): Acl[] {
  const derived = new Set(aclsOf({ ...nobody, ...has }).map(keyOf));
  return acls.filter((acl) => !derived.has(keyOf(acl)));
}

const nobody: Access = {
  topics: [],
  services: [],
  users: [],
  customAcls: [],
  blacklistPrefixes: [],
  describesTopics: false,
};
