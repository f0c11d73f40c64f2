/** A topic as it is to be: its name, its size and its settings, all of Kafka's own vocabulary. */
export interface Topic {
  readonly name: string;
  /** At least 1. */
  readonly partitions: number;
  /** Copies of each record, at least 1. */
  readonly replication: number;
  /** Topic settings by Kafka's names, values as text, e.g. `{ "retention.ms": "604800000" }`. */
  readonly configs: Readonly<Record<string, string>>;
}

/** How a service proves who it is: IAM (its grants are policy statements) or SCRAM-SHA-512 (its grants are ACLs). */
export type ServiceAuth = "iam" | "scram";

/** A program that produces to topics or consumes from them. */
export interface Service {
  readonly name: string;
  /** Kafka principal, `User:<name>`; of use where the service speaks SCRAM. */
  readonly principal: string;
  /** Its consumer group, or what its groups begin with: `consumerGroupOf`. */
  readonly groupId: string;
  readonly auth: ServiceAuth;
  /** Whether each topic it consumes gets a dead-letter topic, to which the service may then produce. */
  readonly deadLetters: boolean;
  readonly produces: readonly string[];
  readonly consumes: readonly string[];
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

/** One entry of a Kafka broker's access control list; any host. */
export interface Acl {
  readonly principal: string;
  readonly resourceType: ResourceType;
  readonly resourceName: string;
  readonly patternType: PatternType;
  readonly operation: Operation;
  readonly permission: "ALLOW" | "DENY";
}

/** An ACL as the file states it for one of its services. */
export interface CustomAcl extends Omit<Acl, "principal"> {
  readonly service: string;
}

/** The access file, checked and with its defaults filled in. */
export interface Access {
  /** Declared topics, in the file's order; dead-letter topics are derived (`topicsOf`). */
  readonly topics: readonly Topic[];
  readonly services: readonly Service[];
  /** ACLs that no rule derives, as the file states them. */
  readonly customAcls: readonly CustomAcl[];
}
