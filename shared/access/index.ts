export { aclsOf } from "./acls.ts";
export { consumerGroupOf } from "./consumer-groups.ts";
export { deadLetterRetentionDays, deadLetterTopicName, deadLetterTopicsOf, topicsOf } from "./dead-letters.ts";
export type {
  Access,
  Acl,
  CustomAcl,
  Operation,
  PatternType,
  ResourceType,
  Service,
  ServiceAuth,
  Topic,
} from "./model.ts";
export { parseAccess, readAccess } from "./parse.ts";
