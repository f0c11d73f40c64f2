/** A topic as it is to be: its name, its size and its settings, all of Kafka's own vocabulary. */
export interface Topic {
  readonly name: string;
  /** At least 1. */
  readonly partitions: number;
  /** Copies of each record, at least 1. */
  readonly replication: number;
  /** Topic settings by Kafka's names, values as text, e.g. `{ "retention.ms": "604800000" }`. */
  readonly configs: Readonly<Record<string, string>>;
  /** Who answers for it. */
  readonly owner?: string;
  readonly description?: string;
}

/** How a service proves who it is: IAM (its grants are policy statements) or SCRAM-SHA-512 (its grants are ACLs). */
export type ServiceAuth = "iam" | "scram";

export type ServiceType = "application" | "kafka-connect" | "kafka-streams";

/** A program that produces to topics or consumes from them. */
export interface Service {
  readonly name: string;
  readonly type: ServiceType;
  /** Who answers for it. */
  readonly owner?: string;
  readonly description?: string;
  /** Kafka principal, `User:<name>`; of use where the service speaks SCRAM. */
  readonly principal: string;
  /**
   * Its consumer group, or what its groups begin with (`consumerGroupOf`); of a kafka-connect cluster, the group of its
   * workers.
   */
  readonly groupId: string;
  readonly auth: ServiceAuth;
  /**
   * Whether event source mappings of Lambda read for it: each in a group of its own, and allowed what Lambda asks for
   * beyond reading; applications only.
   */
  readonly mapped: boolean;
  /** Whether each declared topic it consumes gets a dead-letter topic, to which it may then produce; applications only. */
  readonly deadLetters: boolean;
  /**
   * Whether it may read every dead-letter topic, in groups `dead-letters-*`, and write to the topics that these records came
   * from; applications only.
   */
  readonly redrives: boolean;
  readonly produces: readonly string[];
  readonly consumes: readonly string[];
  /** Of kafka-streams: what the names of its internal topics and transactional ids begin with; its group as well. */
  readonly applicationId?: string;
  /** Of kafka-connect: what runs on its workers; empty for every other type. */
  readonly connectors: readonly Connector[];
  /** Of kafka-connect: where its workers keep configurations, offsets and status; empty for every other type. */
  readonly storageTopics: readonly string[];
}

/** A connector on the workers of a kafka-connect service. One that consumes does so in the group `connect-<name>`. */
export interface Connector {
  readonly name: string;
  readonly produces: readonly string[];
  readonly consumes: readonly string[];
}

/** What a role lets a user do: write to all topics; read all topics in any group; look at topics, settings, groups. */
export type UserRole = "writer" | "reader" | "operator";

/** A person or tool with rights on the whole cluster; speaks SCRAM. */
export interface User {
  readonly name: string;
  /** Kafka principal, `User:<name>`. */
  readonly principal: string;
  readonly roles: readonly UserRole[];
}

export type ResourceType = "TOPIC" | "GROUP" | "CLUSTER" | "TRANSACTIONAL_ID";
export type PatternType = "LITERAL" | "PREFIXED";
export type Operation =
  | "READ"
  | "WRITE"
  | "CREATE"
  | "DELETE"
  | "ALTER"
  | "DESCRIBE"
  | "CLUSTER_ACTION"
  | "DESCRIBE_CONFIGS"
  | "ALTER_CONFIGS"
  | "IDEMPOTENT_WRITE"
  | "ALL";

/** What is allowed on what, whoever it is allowed to. */
export interface Grant {
  readonly resourceType: ResourceType;
  /** `*` for all of them, `kafka-cluster` for the cluster. */
  readonly resourceName: string;
  readonly patternType: PatternType;
  readonly operation: Operation;
}

/** One entry of a Kafka broker's access control list. */
export interface Acl extends Grant {
  readonly principal: string;
  /** The address from which it holds; `*` is any. */
  readonly host: string;
  readonly permission: "ALLOW" | "DENY";
}

/** An ACL as the file states it for one of its services or users. */
export interface CustomAcl extends Acl {
  readonly section: "customServiceAcls" | "customUserAcls";
  /** Name of the service or user. */
  readonly of: string;
}

/** The access file, checked and with its defaults filled in. */
export interface Access {
  /** Declared topics, in the file's order; dead-letter topics are derived (`topicsOf`). */
  readonly topics: readonly Topic[];
  readonly services: readonly Service[];
  readonly users: readonly User[];
  /** ACLs that no rule derives, as the file states them. */
  readonly customAcls: readonly CustomAcl[];
  /**
   * What the names of topics begin with that others own: those that are not declared here are none of the file's
   * business. The internal topics of its kafka-streams and the storage topics of its kafka-connect services are among them.
   */
  readonly blacklistPrefixes: readonly string[];
  /** Whether services other than applications are granted DESCRIBE, too, on the topics they read and write. */
  readonly describesTopics: boolean;
}
