import type { Acl } from "./model.ts";

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
