import { countRecords, isDeletion, isEmpty, type Paint, planText } from "../../shared/access-plan/index.ts";
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

/** Shows the comparison; gives the records in the topics that the plan deletes. */
export async function show(
  { plan, kept, reported, foreignPrincipals }: Comparison,
  { admin, kind }: Cluster,
  { print, paint }: Output,
  includeUnchanged: boolean,
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
    const topics = kept.topicPlans.map(({ name }) => name).join(", ");
    const acls = kept.aclPlans.length === 0 ? [] : [`${kept.aclPlans.length} ACLs of its principals`];
    const what = [...(topics === "" ? [] : [`topics ${topics}`]), ...acls].join(" and ");
    print(`Not in the file and left alone (--delete deletes them): ${what}.\n`);
  }
  if (includeUnchanged && foreignPrincipals.length > 0) {
    print(`ACLs that are foreign, since no service or user has the principal: ${foreignPrincipals.join(", ")}.\n`);
  }
  return records;
}
