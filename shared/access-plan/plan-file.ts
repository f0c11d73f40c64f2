import * as v from "valibot";
import { operations, patternTypes, permissions, resourceTypes } from "../access/index.ts";
import { BackboneError } from "../errors.ts";
import { actions, type Plan } from "./model.ts";

const action = v.picklist(actions);
const count = v.nullable(v.number());

const planSchema = v.strictObject({
  topicPlans: v.array(
    v.strictObject({
      name: v.string(),
      action,
      topicDetailsPlan: v.strictObject({
        partitions: count,
        previousPartitions: count,
        partitionsAction: action,
        replication: count,
        previousReplication: count,
        replicationAction: action,
      }),
      topicConfigPlans: v.array(
        v.strictObject({
          key: v.string(),
          value: v.nullable(v.string()),
          previousValue: v.nullable(v.string()),
          action,
        }),
      ),
    }),
  ),
  aclPlans: v.array(
    v.strictObject({
      name: v.string(),
      aclDetails: v.strictObject({
        name: v.string(),
        type: v.picklist(resourceTypes),
        pattern: v.picklist(patternTypes),
        principal: v.string(),
        host: v.string(),
        operation: v.picklist(operations),
        permission: v.picklist(permissions),
      }),
      action,
    }),
  ),
  /** Not of kafka-gitops: where the plan is for, and the choices it was made with. */
  plannedFor: v.strictObject({
    clusterId: v.string(),
    /** SHA-256 of what the access file says, in hex. */
    accessSha256: v.string(),
    stage: v.string(),
    targets: v.array(v.string()),
    delete: v.boolean(),
    skipAcls: v.boolean(),
  }),
});

/** A plan as it is kept in a file: kafka-gitops' JSON, and what it was made for. */
export type PlanFile = v.InferOutput<typeof planSchema>;
export type PlannedFor = PlanFile["plannedFor"];

/** The text of a plan file, for review and for `parsePlanFile`. */
export function planFileText(plan: Plan, plannedFor: PlannedFor): string {
  return `${JSON.stringify({ ...plan, plannedFor }, null, 2)}\n`;
}

/** @throws BackboneError INVALID_OPTIONS naming the first wrong place */
export function parsePlanFile(text: string, file: string): PlanFile {
  const invalid = (problem: string, cause?: unknown) =>
    new BackboneError("INVALID_OPTIONS", `${file}: must be the JSON that plan --output writes, ${problem}`, { cause });
  if (text.trim() === "") throw invalid("got an empty file");
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw invalid("got no JSON", cause);
  }
  const result = v.safeParse(planSchema, json);
  if (result.success) return result.output;
  const [issue] = result.issues;
  throw invalid(`but ${v.getDotPath(issue) ?? "the whole"} ${wrongness(issue)}`);
}

/** https://valibot.dev/guides/issues/ : `expected` of a key that there must not be is never, `received` of a missing one undefined. */
function wrongness({ expected, received, message }: v.BaseIssue<unknown>): string {
  if (received === "undefined") return "is missing";
  if (expected === "never") return "is an unknown key";
  return expected === null ? `is wrong: ${message}` : `must be ${expected}, got ${received}`;
}
