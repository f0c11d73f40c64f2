import { deadLetterTopicsOf } from "./dead-letters.ts";
import type { Access, Acl, Operation, ResourceType, Service } from "./model.ts";

/**
 * The ACLs that let each SCRAM service do what the access file says, and nothing else, on a broker that denies by default
 * (ACLs do not govern IAM principals, whose grants are policy statements):
 * WRITE and DESCRIBE on what it produces and on its dead-letter topics, READ and DESCRIBE on what it consumes, READ on
 * its group, and its custom ACLs. Idempotent producers need no more since Kafka 3: WRITE on any topic implies
 * IDEMPOTENT_WRITE (KIP-679).
 */
export function aclsOf(access: Access): Acl[] {
  return access.services
    .filter(({ auth }) => auth === "scram")
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
