import { deadLetterTopicsOf } from "./dead-letters.ts";
import type { Access, Acl, Operation, ResourceType, Service, ServiceAuth } from "./model.ts";

/** Options of `aclsOf`. */
export interface AclsOptions {
  /**
   * Services of which kinds of authentication get ACLs. Kafka's ACLs do not govern IAM principals, so a cluster on AWS
   * wants those of SCRAM services alone; where IAM cannot exist, IAM services come as SCRAM principals with the same
   * grants: `["iam", "scram"]`.
   *
   * @default ["scram"]
   */
  readonly auths?: readonly ServiceAuth[];
}

/**
 * The ACLs that let each service do what the access file says, and nothing else, on a broker that denies by default:
 * WRITE and DESCRIBE on what it produces and on its dead-letter topics, READ and DESCRIBE on what it consumes, READ on
 * its group, and its custom ACLs. Idempotent producers need no more since Kafka 3: WRITE on any topic implies
 * IDEMPOTENT_WRITE (KIP-679).
 */
export function aclsOf(access: Access, { auths = ["scram"] }: AclsOptions = {}): Acl[] {
  return access.services
    .filter(({ auth }) => auths.includes(auth))
    .flatMap((service) => [
      ...grantsOf(service),
      ...access.customAcls
        .filter((acl) => acl.service === service.name)
        .map(({ service: _, ...acl }): Acl => ({ principal: service.principal, ...acl })),
    ]);
}

function grantsOf(service: Service): Acl[] {
  const allow = (resourceType: ResourceType, resourceName: string, ...operations: Operation[]): Acl[] =>
    operations.map((operation) => ({
      principal: service.principal,
      resourceType,
      resourceName,
      patternType: "LITERAL",
      operation,
      permission: "ALLOW",
    }));
  // A topic that is produced and consumed, like a journal, would get DESCRIBE twice.
  const produced = new Set([...service.produces, ...deadLetterTopicsOf(service)]);
  const consumed = new Set(service.consumes);
  return [
    ...[...produced].flatMap((topic) => allow("TOPIC", topic, "WRITE", "DESCRIBE")),
    ...[...consumed].flatMap((topic) =>
      produced.has(topic) ? allow("TOPIC", topic, "READ") : allow("TOPIC", topic, "READ", "DESCRIBE"),
    ),
    ...(consumed.size > 0 ? allow("GROUP", service.groupId, "READ") : []),
  ];
}
