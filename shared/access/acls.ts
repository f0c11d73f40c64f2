import { distinct, grantsOf, grantsOfUser } from "./grants.ts";
import type { Access, Acl, Grant } from "./model.ts";

/**
 * The ACLs that let each SCRAM service and each user do what the access file says, and nothing else, on a broker that
 * denies by default (ACLs do not govern IAM principals, whose grants are policy statements, see `statementsOf`): what
 * `grantsOf` says and the custom ACLs. Each is there once, services before users.
 *
 * Idempotent producers need no more since Kafka 3: WRITE on any topic implies IDEMPOTENT_WRITE (KIP-679).
 */
export function aclsOf(access: Access): Acl[] {
  const { services, users, customAcls } = access;
  const scram = services.filter(({ auth }) => auth === "scram");
  return distinct([
    ...scram.flatMap((service) => grantsOf(access, service).map((grant) => aclOf(service.principal, grant))),
    ...customAcls.filter(({ section }) => section === "customServiceAcls").map(withoutSource),
    ...users.flatMap((user) => grantsOfUser(user).map((grant) => aclOf(user.principal, grant))),
    ...customAcls.filter(({ section }) => section === "customUserAcls").map(withoutSource),
  ]);
}

/** Names of all that authenticate with SCRAM, services and users, each once: their principals without `User:`. */
export function scramUserNamesOf({ services, users }: Access): string[] {
  const principals = [...services.filter(({ auth }) => auth === "scram"), ...users].map(({ principal }) => principal);
  return [...new Set(principals)].map((principal) => principal.slice("User:".length));
}

function aclOf(principal: string, grant: Grant): Acl {
  return { principal, host: "*", ...grant, permission: "ALLOW" };
}

function withoutSource({
  section: _,
  of: __,
  principal,
  host,
  permission,
  ...grant
}: Acl & { section: string; of: string }): Acl {
  return { principal, host, ...grant, permission };
}
