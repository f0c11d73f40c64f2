import { isDeletion, type Plan, type PlanFile, stepsOf } from "../../shared/access-plan/index.ts";
import { BackboneError } from "../../shared/errors.ts";
import type { Cluster } from "./cluster.ts";
import type { AccessFile, Comparison } from "./comparison.ts";

/**
 * Only what was planned is applied. What of it is done already, by an attempt that was cut short, say, is no reason to
 * refuse the rest.
 *
 * @throws BackboneError INVALID_OPTIONS when the plan is for another cluster, the access file has changed, or the cluster
 * has, such that another step would be due now
 */
export function refuseStale(planFile: string, planned: PlanFile, file: AccessFile, now: Comparison): void {
  const stale = (reason: string) =>
    new BackboneError("INVALID_OPTIONS", `${planFile} is stale, nothing was applied: ${reason}; plan again`);
  if (planned.plannedFor.clusterId !== now.actual.clusterId) {
    throw stale(`it is for the cluster ${planned.plannedFor.clusterId}, this is ${now.actual.clusterId}`);
  }
  if (planned.plannedFor.accessSha256 !== file.sha256) throw stale(`${file.name} differs from when it was planned`);
  const expected = stepsOf(planned);
  const unexpected = [...stepsOf(now.plan)].filter(([step]) => !expected.has(step)).map(([, words]) => words);
  if (unexpected.length > 0) throw stale(`the cluster is not as it was, now due: ${unexpected.join(", ")}`);
}

/** @throws BackboneError INVALID_OPTIONS naming the targets that neither the file nor the cluster has */
export function refuseUnknownTargets({ unknownTargets }: Comparison): void {
  if (unknownTargets.length === 0) return;
  throw new BackboneError(
    "INVALID_OPTIONS",
    `--target ${unknownTargets.join(" ")}: has to be a topic, service or user of the file, or a topic or principal of the cluster`,
  );
}

/** @throws BackboneError INVALID_OPTIONS naming what no apply can make true */
export function refuseProblems(file: string, { kind }: Cluster, { problems }: Comparison): void {
  // Of MSK's topics CloudFormation says what cannot be.
  if (problems.length === 0 || kind === "msk") return;
  throw new BackboneError("INVALID_OPTIONS", `${file} does not fit the cluster: ${problems.join("; ")}`);
}

/** @throws BackboneError INVALID_OPTIONS naming the topics that the plan would delete with their records */
export function refuseRecords({ topicPlans }: Plan, records: ReadonlyMap<string, bigint>, yes: boolean): void {
  const holding = topicPlans
    .filter((topic) => isDeletion(topic) && (records.get(topic.name) ?? 0n) > 0n)
    .map(({ name }) => `${name} (${records.get(name)})`);
  if (holding.length === 0 || yes) return;
  throw new BackboneError(
    "INVALID_OPTIONS",
    `topics that hold records would be deleted, nothing was applied: ${holding.join(", ")}; --yes deletes them`,
  );
}
