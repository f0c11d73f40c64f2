export { applyPlan, checkWithBrokers } from "./apply-plan.ts";
export { desiredStateOf, fittedTo, type States, targeted } from "./desired-state.ts";
export type { ClusterState, DesiredState, Plan } from "./model.ts";
export { changesOf, isDeletion, isEmpty, planOf, stepsOf, withoutDeletions } from "./plan.ts";
export { type PlanFile, type PlannedFor, parsePlanFile, planFileText } from "./plan-file.ts";
export { type Paint, planText } from "./plan-text.ts";
export { problemsOf } from "./problems.ts";
export { countRecords, readCluster } from "./read-cluster.ts";
export { stateFileOf } from "./state-file.ts";
