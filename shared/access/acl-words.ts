import type { Acl, Operation, ResourceType } from "./model.ts";

// Kafka's words of an ACL, for all that reads them: the access file, a cluster, a plan file.
export const resourceTypes = ["TOPIC", "GROUP", "CLUSTER", "TRANSACTIONAL_ID"] as const satisfies Acl["resourceType"][];
export const patternTypes = ["LITERAL", "PREFIXED"] as const satisfies Acl["patternType"][];
export const permissions = ["ALLOW", "DENY"] as const satisfies Acl["permission"][];
export const operations = [
  "READ",
  "WRITE",
  "CREATE",
  "DELETE",
  "ALTER",
  "DESCRIBE",
  "CLUSTER_ACTION",
  "DESCRIBE_CONFIGS",
  "ALTER_CONFIGS",
  "IDEMPOTENT_WRITE",
  "ALL",
] as const satisfies Acl["operation"][];

/**
 * What a resource of each type is ever asked for.
 * https://kafka.apache.org/documentation/#operations_resources_and_protocols
 */
export const operationsOn: Readonly<Record<ResourceType, readonly Operation[]>> = {
  TOPIC: ["READ", "WRITE", "CREATE", "DELETE", "ALTER", "DESCRIBE", "DESCRIBE_CONFIGS", "ALTER_CONFIGS", "ALL"],
  GROUP: ["READ", "DELETE", "DESCRIBE", "DESCRIBE_CONFIGS", "ALTER_CONFIGS", "ALL"],
  CLUSTER: [
    "CREATE",
    "ALTER",
    "DESCRIBE",
    "CLUSTER_ACTION",
    "DESCRIBE_CONFIGS",
    "ALTER_CONFIGS",
    "IDEMPOTENT_WRITE",
    "ALL",
  ],
  TRANSACTIONAL_ID: ["WRITE", "DESCRIBE", "ALL"],
};

/** Who is allowed one of these is allowed DESCRIBE, whatever the resource is. */
const impliesDescribe: readonly Operation[] = ["READ", "WRITE", "DELETE", "ALTER"];

/** Whether an ACL can take effect: the brokers take any other without a word, and never find it. */
export function canTakeEffect(on: ResourceType, operation: Operation, permission: Acl["permission"]): boolean {
  return operationsOn[on].includes(operation) || (permission === "ALLOW" && impliesDescribe.includes(operation));
}
