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
 * What a resource of each type is ever asked for: an ACL of another operation would never take effect.
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
