import type { Acl } from "../access/index.ts";
import type { States } from "./desired-state.ts";
import type { AclPlan, Plan, TopicPlan } from "./model.ts";
import { planAcls } from "./plan-acls.ts";
import { planTopics } from "./plan-topics.ts";

/** All that differs between the file and the cluster, deletions included, and what does not (NO_CHANGE). */
export function planOf({ desired, actual }: States): Plan {
  return { topicPlans: planTopics(desired, actual.topics), aclPlans: planAcls(desired, actual.acls) };
}

/** What a plan does without deletions, and what it then leaves there. */
export function withoutDeletions(plan: Plan): { readonly plan: Plan; readonly kept: Plan } {
  return { plan: filtered(plan, ({ action }) => action !== "REMOVE"), kept: filtered(plan, isDeletion) };
}

export function changesOf(plan: Plan): Plan {
  return filtered(plan, ({ action }) => action !== "NO_CHANGE");
}

export function isEmpty({ topicPlans, aclPlans }: Plan): boolean {
  return topicPlans.length === 0 && aclPlans.length === 0;
}

export function isDeletion({ action }: TopicPlan | AclPlan): boolean {
  return action === "REMOVE";
}

function filtered({ topicPlans, aclPlans }: Plan, keep: (part: TopicPlan | AclPlan) => boolean): Plan {
  return { topicPlans: topicPlans.filter(keep), aclPlans: aclPlans.filter(keep) };
}

/**
 * Each single change of a plan as one text, e.g. one setting of one topic from one value to another. A plan that is
 * carried out half has, made again, a part of them.
 */
export function stepsOf(plan: Plan): Set<string> {
  const { topicPlans, aclPlans } = changesOf(plan);
  const steps = [
    ...topicPlans.flatMap(({ name, action, topicDetailsPlan: details, topicConfigPlans }): unknown[] => {
      // A topic is made with its settings in one go, and goes with them.
      if (action !== "UPDATE") return [["topic", name, action, details, topicConfigPlans]];
      const { partitionsAction, previousPartitions, partitions } = details;
      const { replicationAction, previousReplication, replication } = details;
      return [
        ...(partitionsAction === "NO_CHANGE" ? [] : [["partitions", name, previousPartitions, partitions]]),
        ...(replicationAction === "NO_CHANGE" ? [] : [["replication", name, previousReplication, replication]]),
        ...topicConfigPlans
          .filter((config) => config.action !== "NO_CHANGE")
          .map(({ key, previousValue, value }) => ["config", name, key, previousValue, value]),
      ];
    }),
    ...aclPlans.map(({ action, aclDetails }): unknown[] => ["acl", action, aclDetails]),
  ];
  return new Set(steps.map((step) => JSON.stringify(step)));
}

/** The ACL that a plan's entry is about. */
export function aclOf({ aclDetails: acl }: AclPlan): Acl {
  return {
    principal: acl.principal,
    host: acl.host,
    resourceType: acl.type,
    resourceName: acl.name,
    patternType: acl.pattern,
    operation: acl.operation,
    permission: acl.permission,
  };
}
