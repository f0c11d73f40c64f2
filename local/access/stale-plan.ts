import { type PlanFile, stepsOf } from "../../shared/access-plan/index.ts";
import { BackboneError } from "../../shared/errors.ts";
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
  const unexpected = [...stepsOf(now.plan)].filter((step) => !expected.has(step));
  if (unexpected.length > 0) throw stale(`the cluster is not as it was; now due: ${unexpected.join(", ")}`);
}
