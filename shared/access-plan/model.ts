import type { Acl, Topic } from "../access/index.ts";

/** A setting of a topic that is there. */
export interface ClusterConfig {
  /** What is in force. */
  readonly value: string;
  /** What would be in force were it not set on the topic: the brokers' setting or Kafka's own default. */
  readonly defaultValue: string | undefined;
  /** Whether it is set on the topic itself. */
  readonly isSet: boolean;
}

/** A topic that is there. */
export interface ClusterTopic {
  readonly name: string;
  readonly partitions: number;
  readonly replication: number;
  readonly configs: ReadonlyMap<string, ClusterConfig>;
  /** Offsets between the start and the end of its partitions, where that was asked for. */
  readonly records?: bigint;
}

/** What a cluster has, without Kafka's internal topics. */
export interface ClusterState {
  readonly clusterId: string;
  readonly brokers: number;
  readonly topics: readonly ClusterTopic[];
  readonly acls: readonly Acl[];
}

/** How a principal is called in an access file. */
export interface NamedPrincipal {
  /** Names of the services and users that it stands for, or whose custom ACLs name it; at least one. */
  readonly names: readonly string[];
  readonly isOwn: boolean;
}

/** What an access file says of a cluster. */
export interface DesiredState {
  readonly topics: readonly Topic[];
  readonly acls: readonly Acl[];
  /**
   * The principals of the file's ACLs, services and users. Those of services and users are its own: their other ACLs are
   * for it to delete. What else the principal of a custom ACL may do is foreign, as is every other principal.
   */
  readonly principals: ReadonlyMap<string, NamedPrincipal>;
  /** Topics that start with one of these are foreign. */
  readonly foreignPrefixes: readonly string[];
}

export const actions = ["ADD", "UPDATE", "REMOVE", "NO_CHANGE"] as const;
export type Action = (typeof actions)[number];

// The names and nesting of these are those of kafka-gitops' plan file.

export interface TopicDetailsPlan {
  readonly partitions: number | null;
  readonly previousPartitions: number | null;
  readonly partitionsAction: Action;
  readonly replication: number | null;
  readonly previousReplication: number | null;
  readonly replicationAction: Action;
}

export interface TopicConfigPlan {
  readonly key: string;
  /** Null: the setting goes back to the brokers' default. */
  readonly value: string | null;
  readonly previousValue: string | null;
  readonly action: Action;
}

export interface TopicPlan {
  readonly name: string;
  readonly action: Action;
  readonly topicDetailsPlan: TopicDetailsPlan;
  readonly topicConfigPlans: readonly TopicConfigPlan[];
}

export interface AclDetails {
  readonly name: string;
  readonly type: Acl["resourceType"];
  readonly pattern: Acl["patternType"];
  readonly principal: string;
  readonly host: string;
  readonly operation: Acl["operation"];
  readonly permission: Acl["permission"];
}

export interface AclPlan {
  /** The service or user, the first one if several share the principal. */
  readonly name: string;
  readonly aclDetails: AclDetails;
  readonly action: Action;
}

/** What has to be done to a cluster, and what may stay as it is. */
export interface Plan {
  readonly topicPlans: readonly TopicPlan[];
  readonly aclPlans: readonly AclPlan[];
}
