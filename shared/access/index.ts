export { operations, patternTypes, permissions, resourceTypes } from "./acl-words.ts";
export { aclsOf, scramUserNamesOf } from "./acls.ts";
export { claimLifeMs, redrivableMs, retentionMsOf } from "./claim-life.ts";
export { consumerGroupOf, consumerGroupsOf, mappedService } from "./consumer-groups.ts";
export { deadLetterRetentionDays, deadLetterTopicName, deadLetterTopicsOf, topicsOf } from "./dead-letters.ts";
export { grantsOf, redriveGroupPrefix } from "./grants.ts";
export { internalPrefix } from "./internal-topics.ts";
export type {
  Access,
  Acl,
  Connector,
  CustomAcl,
  Grant,
  Operation,
  PatternType,
  ResourceType,
  Service,
  ServiceAuth,
  ServiceType,
  Topic,
  User,
  UserRole,
} from "./model.ts";
export { type AccessOptions, parseAccess, readAccess } from "./parse.ts";
export { type Statement, statementsOf } from "./statements.ts";
export { isTopicSetting } from "./topic-settings.ts";
