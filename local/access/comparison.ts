import { createHash } from "node:crypto";
import { type Access, readAccess } from "../../shared/access/index.ts";
import {
  type ClusterState,
  desiredStateOf,
  fittedTo,
  type Plan,
  planOf,
  problemsOf,
  readCluster,
  targeted,
  unknownTargets,
  withoutDeletions,
} from "../../shared/access-plan/index.ts";
import type { Cluster } from "./cluster.ts";

/** The access file as it is now. */
export interface AccessFile {
  readonly name: string;
  readonly access: Access;
  /** Of what it says for the stage, in hex. */
  readonly sha256: string;
}

/** What is compared, and what may be done about it. */
export interface Choices {
  /** Names of topics, services and users, and principals; empty is all. */
  readonly targets: readonly string[];
  readonly skipAcls: boolean;
  readonly delete: boolean;
}

/** The file against the cluster. */
export interface Comparison {
  readonly actual: ClusterState;
  /** What `apply` is to do. */
  readonly plan: Plan;
  /** What differs and is not its to change: what the file does not name, unless deletions are asked for. */
  readonly kept: Plan;
  /** The topics of MSK, which CloudFormation changes. */
  readonly reported: Plan;
  /** Those who have ACLs, are neither service nor user of the file, and are no target. */
  readonly foreignPrincipals: readonly string[];
  /** Targets that neither the file nor the cluster has. */
  readonly unknownTargets: readonly string[];
  /** What no `apply` can make true, each with its path in the file. */
  readonly problems: readonly string[];
}

/** @throws BackboneError INVALID_OPTIONS naming every wrong place */
export async function readAccessFile(name: string, stage: string): Promise<AccessFile> {
  // Loads the CDK, for prod too: what the file says for a stage by another name than it has would hold nowhere, and
  // nothing else checks a file that `apply` makes true.
  const { stageNames } = await import("../../infra/config.ts");
  const access = readAccess(name, { stage, stages: stageNames });
  return { name, access, sha256: createHash("sha256").update(JSON.stringify(access)).digest("hex") };
}

/** Reads the cluster and compares it with the file. Changes nothing. */
export async function compare(file: AccessFile, { admin, kind }: Cluster, choices: Choices): Promise<Comparison> {
  const actual = await readCluster(admin, { acls: !choices.skipAcls });
  const desired = desiredStateOf(file.access);
  const whole = {
    desired: {
      ...(kind === "local" ? fittedTo(actual.brokers, desired) : desired),
      ...(choices.skipAcls ? { acls: [] } : {}),
    },
    actual,
  };
  const states = choices.targets.length === 0 ? whole : targeted(choices.targets, file.access, whole);
  const all = planOf(states);
  const { plan, kept } = choices.delete ? { plan: all, kept: nothing } : withoutDeletions(all);
  const problems = problemsOf(states.desired, states.actual);
  const foreignPrincipals = [...new Set(actual.acls.map(({ principal }) => principal))]
    .filter((principal) => states.desired.principals.get(principal)?.isOwn !== true)
    .sort();
  const parts =
    kind === "msk"
      ? { plan: { ...plan, topicPlans: [] }, kept: { ...kept, topicPlans: [] }, reported: { ...all, aclPlans: [] } }
      : { plan, kept, reported: nothing };
  return { actual, ...parts, foreignPrincipals, unknownTargets: unknownTargets(choices.targets, whole), problems };
}

const nothing: Plan = { topicPlans: [], aclPlans: [] };
