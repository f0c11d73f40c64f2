import type { Acl } from "../../../shared/access/index.ts";
import type { ClusterConfig, ClusterTopic, DesiredState } from "../../../shared/access-plan/model.ts";

/** A topic of a cluster; what `set` names is set on the topic, all else is the brokers' default. */
export function clusterTopic(name: string, { partitions = 3, set = {} as Record<string, string> } = {}): ClusterTopic {
  const defaults = { "retention.ms": "604800000", "cleanup.policy": "delete", "min.cleanable.dirty.ratio": "0.5" };
  const configs = new Map<string, ClusterConfig>(
    Object.entries(defaults).map(([key, value]) => [key, { value, defaultValue: value, isSet: false }]),
  );
  for (const [key, value] of Object.entries(set)) {
    configs.set(key, { value, defaultValue: configs.get(key)?.defaultValue, isSet: true });
  }
  return { name, partitions, replication: 1, configs };
}

export function desired(state: Partial<DesiredState>): DesiredState {
  return { topics: [], acls: [], principals: new Map(), foreignPrefixes: [], ...state };
}

export function acl(principal: string, operation: Acl["operation"], resourceName = "orders"): Acl {
  return {
    principal,
    host: "*",
    resourceType: "TOPIC",
    resourceName,
    patternType: "LITERAL",
    operation,
    permission: "ALLOW",
  };
}
