import { countRecords, isDeletion, isEmpty, type Paint, type Plan, planText } from "../../shared/access-plan/index.ts";
import type { Cluster } from "./cluster.ts";
import type { Comparison } from "./comparison.ts";

/** Where a command's words go. */
export interface Output {
  /** What was asked for: standard output. */
  readonly print: (text: string) => void;
  /** What is said besides: standard error. */
  readonly say: (line: string) => void;
  readonly paint: Paint;
}

/** Shows the comparison; gives the records in the topics that it shows as deleted, the reported ones included. */
export async function show(
  { plan, kept, reported, foreignPrincipals }: Comparison,
  { admin, kind }: Cluster,
  { print, paint }: Output,
  { includeUnchanged = false, deletes = false },
): Promise<ReadonlyMap<string, bigint>> {
  const doomed = [...plan.topicPlans, ...reported.topicPlans].filter(isDeletion).map(({ name }) => name);
  const records = await countRecords(admin, doomed);
  if (kind === "msk") {
    print(paint("bold", "Only reported:\n"));
    print(planText(reported, { paint, includeUnchanged, records }));
    print(paint("bold", "To apply:\n"));
  }
  print(planText(plan, { paint, includeUnchanged, records }));
  if (!isEmpty(kept)) {
    print(`Not in the file and left alone (--delete deletes them): ${keptText(kept)}.\n`);
  }
  // Who deletes may take the ACLs of a service that has left the file for deleted.
  if ((includeUnchanged || deletes) && foreignPrincipals.length > 0) {
    print(
      `ACLs that are foreign, since no service or user has the principal: ${foreignPrincipals.join(", ")}.\n` +
        "To delete those of a principal: --delete --target PRINCIPAL.\n",
    );
  }
  return records;
}

function keptText({ topicPlans, aclPlans }: Plan): string {
  const topics = topicPlans.filter(isDeletion).map(({ name }) => name);
  const settings = topicPlans.flatMap((topic) =>
    isDeletion(topic) ? [] : topic.topicConfigPlans.map(({ key }) => `${key} of ${topic.name}`),
  );
  return [
    ...(topics.length > 0 ? [`topics ${topics.join(", ")}`] : []),
    ...(settings.length > 0 ? [`settings ${settings.join(", ")}`] : []),
    ...(aclPlans.length > 0 ? [`${aclPlans.length} ACLs of its principals`] : []),
  ].join(" and ");
}
