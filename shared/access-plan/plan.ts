import type { Acl } from "../access/index.ts";
import type { States } from "./desired-state.ts";
import type { AclPlan, Action, Plan, TopicConfigPlan, TopicPlan } from "./model.ts";
import { planAcls } from "./plan-acls.ts";
import { actionOn, planTopics } from "./plan-topics.ts";

/** All that differs between the file and the cluster, deletions included, and what does not (NO_CHANGE). */
export function planOf({ desired, actual }: States): Plan {
  return { topicPlans: planTopics(desired, actual.topics), aclPlans: planAcls(desired, actual.acls) };
}

/**
 * What a plan does without deletions, and what it then leaves there. To reset a setting is one of them: the brokers'
 * default may keep records for a shorter time.
 */
export function withoutDeletions(plan: Plan): { readonly plan: Plan; readonly kept: Plan } {
  const { topicPlans, aclPlans } = filtered(plan, (part) => !isDeletion(part));
  const deletions = filtered(plan, isDeletion);
  const resets = topicPlans
    .map((topic) => ({ ...topic, topicConfigPlans: topic.topicConfigPlans.filter(isReset) }))
    .filter(({ topicConfigPlans }) => topicConfigPlans.length > 0);
  return {
    plan: { topicPlans: topicPlans.map(withoutResets), aclPlans },
    kept: { ...deletions, topicPlans: [...deletions.topicPlans, ...resets] },
  };
}

function withoutResets(topic: TopicPlan): TopicPlan {
  if (!topic.topicConfigPlans.some(isReset)) return topic;
  const topicConfigPlans = topic.topicConfigPlans.filter((config) => !isReset(config));
  return { ...topic, action: actionOn(topic.topicDetailsPlan, topicConfigPlans), topicConfigPlans };
}

function isReset({ action }: TopicConfigPlan): boolean {
  return action === "REMOVE";
}

/** A plan without what stays as it is, settings of topics that change included. */
export function changesOf(plan: Plan): Plan {
  const { topicPlans, aclPlans } = filtered(plan, isChange);
  return {
    topicPlans: topicPlans.map((topic) => ({ ...topic, topicConfigPlans: topic.topicConfigPlans.filter(isChange) })),
    aclPlans,
  };
}

function isChange({ action }: { readonly action: Action }): boolean {
  return action !== "NO_CHANGE";
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
 * Each single change of a plan, e.g. one setting of one topic from one value to another, as a key and as words for people.
 * A plan that is carried out half has, made again, a part of them.
 */
export function stepsOf(plan: Plan): Map<string, string> {
  const { topicPlans, aclPlans } = changesOf(plan);
  const steps = [...topicPlans.flatMap(topicSteps), ...aclPlans.map(aclStep)];
  return new Map(steps.map(({ key, words }) => [JSON.stringify(key), words]));
}

interface PlanStep {
  readonly key: readonly unknown[];
  readonly words: string;
}

function topicSteps({ name, action, topicDetailsPlan: details, topicConfigPlans }: TopicPlan): PlanStep[] {
  // A topic is made with its settings in one go, and goes with them.
  if (action !== "UPDATE") {
    const words = `${action === "ADD" ? "create" : "delete"} topic ${name}`;
    return [{ key: [name, action, details, topicConfigPlans], words }];
  }
  const change = (what: string, from: string | number | null, to: string | number | null): PlanStep => ({
    key: [name, what, from, to],
    words: `${what} of topic ${name} ${from} → ${to}`,
  });
  const { partitionsAction, previousPartitions, partitions } = details;
  const { replicationAction, previousReplication, replication } = details;
  return [
    ...(partitionsAction === "NO_CHANGE" ? [] : [change("partitions", previousPartitions, partitions)]),
    ...(replicationAction === "NO_CHANGE" ? [] : [change("replication", previousReplication, replication)]),
    ...topicConfigPlans.map(({ key, previousValue, value }) => change(key, previousValue, value)),
  ];
}

function aclStep({ action, aclDetails: acl }: AclPlan): PlanStep {
  const words = `${action === "ADD" ? "create" : "delete"} the ACL ${acl.permission} ${acl.principal} ${acl.operation} on ${acl.type} ${acl.name}`;
  return { key: [action, acl], words };
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
