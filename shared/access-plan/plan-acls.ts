import type { Acl } from "../access/index.ts";
import type { AclDetails, AclPlan, DesiredState } from "./model.ts";

/**
 * What makes the ACLs of the file's services and users those of the file, in the file's order, and after them those that
 * the file does not derive (REMOVE). ACLs of other principals are foreign and no part of it.
 */
export function planAcls({ acls, principals }: DesiredState, actual: readonly Acl[]): AclPlan[] {
  const present = new Set(actual.map(keyOf));
  const wanted = new Map(acls.map((acl) => [keyOf(acl), acl]));
  return [
    ...[...wanted].map(
      ([key, acl]): AclPlan => ({
        name: principals.get(acl.principal)?.names[0] ?? acl.principal,
        aclDetails: detailsOf(acl),
        action: present.has(key) ? "NO_CHANGE" : "ADD",
      }),
    ),
    ...actual.flatMap((acl): AclPlan[] => {
      const holder = principals.get(acl.principal);
      if (holder === undefined || !holder.isOwn || wanted.has(keyOf(acl))) return [];
      return [{ name: holder.names[0] ?? acl.principal, aclDetails: detailsOf(acl), action: "REMOVE" }];
    }),
  ];
}

/** All that makes an ACL, as one text: two with the same text are the same. */
export function keyOf(acl: Acl): string {
  const { principal, host, resourceType, resourceName, patternType, operation, permission } = acl;
  return JSON.stringify([principal, host, resourceType, resourceName, patternType, operation, permission]);
}

function detailsOf(acl: Acl): AclDetails {
  return {
    name: acl.resourceName,
    type: acl.resourceType,
    pattern: acl.patternType,
    principal: acl.principal,
    host: acl.host,
    operation: acl.operation,
    permission: acl.permission,
  };
}
