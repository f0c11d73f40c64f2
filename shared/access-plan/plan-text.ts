import type { AclPlan, Action, Plan, TopicPlan } from "./model.ts";
import { changesOf, isEmpty } from "./plan.ts";

type Colour = "green" | "yellow" | "red" | "dim" | "bold";
/** Colours a text, or leaves it, e.g. where nobody looks at a terminal. */
export type Paint = (colour: Colour, text: string) => string;

export interface PlanTextOptions {
  readonly paint: Paint;
  /** Also what stays as it is. */
  readonly includeUnchanged: boolean;
  /** Records in the topics that the plan deletes, by name. */
  readonly records: ReadonlyMap<string, bigint>;
}

const signs: Readonly<Record<Action, readonly [sign: string, colour: Colour]>> = {
  ADD: ["+", "green"],
  UPDATE: ["~", "yellow"],
  REMOVE: ["-", "red"],
  NO_CHANGE: [" ", "dim"],
};

/** A plan for people: a line for each topic, setting and ACL, and a closing count. Ends with a line break. */
export function planText(plan: Plan, { paint, includeUnchanged, records }: PlanTextOptions): string {
  const shown = includeUnchanged ? plan : changesOf(plan);
  const line = (action: Action, text: string, indent = 0) => {
    const [sign, colour] = signs[action];
    return paint(colour, `${"  ".repeat(indent + 1)}${sign} ${text}`);
  };
  const topics = shown.topicPlans.flatMap((topic) => [
    line(topic.action, topicLine(topic, records.get(topic.name))),
    ...detailLines(topic).map(([action, text]) => line(action, text, 1)),
  ]);
  const acls = shown.aclPlans.map((acl) => line(acl.action, aclLine(acl)));
  return [
    ...(topics.length > 0 ? [paint("bold", "Topics"), ...topics] : []),
    ...(acls.length > 0 ? [paint("bold", "ACLs"), ...acls] : []),
    paint("bold", countLine(plan)),
    "",
  ].join("\n");
}

function topicLine({ name, action, topicDetailsPlan: details }: TopicPlan, records: bigint | undefined): string {
  const partitions = details.partitions ?? details.previousPartitions;
  const replication = details.replication ?? details.previousReplication;
  const held = records === undefined || action !== "REMOVE" ? "" : `, ${amount(records, "record")}`;
  return action === "UPDATE"
    ? name
    : `${name}  ${amount(partitions ?? 0, "partition")}, replication ${replication}${held}`;
}

function detailLines({ action, topicDetailsPlan: details, topicConfigPlans }: TopicPlan) {
  const lines: [Action, string][] = [];
  if (action === "UPDATE" && details.partitionsAction === "UPDATE") {
    const moves =
      (details.partitions ?? 0) > (details.previousPartitions ?? 0) ? "  (keys move to other partitions)" : "";
    lines.push(["UPDATE", `partitions ${details.previousPartitions} → ${details.partitions}${moves}`]);
  }
  if (action === "UPDATE" && details.replicationAction === "UPDATE") {
    lines.push(["UPDATE", `replication ${details.previousReplication} → ${details.replication}`]);
  }
  for (const config of topicConfigPlans) lines.push([config.action, configText(config)]);
  return lines;
}

function configText({ key, value, previousValue, action }: TopicPlan["topicConfigPlans"][number]): string {
  if (action === "REMOVE") return `${key} ${previousValue} → the brokers' default`;
  if (action === "NO_CHANGE" || previousValue === null) return `${key} ${value}`;
  return `${key} ${previousValue} → ${value}`;
}

function aclLine({ name, aclDetails: acl }: AclPlan): string {
  const from = acl.host === "*" ? "" : ` from ${acl.host}`;
  const what = `${acl.type.toLowerCase()} ${acl.name}${acl.pattern === "PREFIXED" ? "*" : ""}`;
  return `${name}  ${acl.principal} ${acl.permission === "ALLOW" ? "may" : "must not"} ${acl.operation} ${what}${from}`;
}

function countLine(plan: Plan): string {
  const { topicPlans, aclPlans } = plan;
  const counted = (parts: readonly { readonly action: Action }[], action: Action) =>
    parts.filter((part) => part.action === action).length;
  if (isEmpty(changesOf(plan))) {
    return `No changes: ${amount(topicPlans.length, "topic")} and ${amount(aclPlans.length, "ACL")} are as the file says.`;
  }
  return [
    `Topics: ${counted(topicPlans, "ADD")} to create, ${counted(topicPlans, "UPDATE")} to change, ${counted(topicPlans, "REMOVE")} to delete.`,
    `ACLs: ${counted(aclPlans, "ADD")} to create, ${counted(aclPlans, "REMOVE")} to delete.`,
  ].join(" ");
}

function amount(count: number | bigint, noun: string): string {
  return `${count} ${noun}${Number(count) === 1 ? "" : "s"}`;
}
