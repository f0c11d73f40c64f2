import { randomUUID } from "node:crypto";
import * as v from "valibot";
import { BackboneError } from "../shared/errors.ts";
import type { Functions } from "./functions.ts";
import type { Assembly, Resource } from "./template/assembly.ts";
import { localAccount, localRegion, type Resolve } from "./template/resolve.ts";

/** The properties of `AWS::Events::Rule` that are carried out: a rate and functions. Strict, as for mappings. */
const propertiesSchema = v.strictObject({
  Name: v.optional(v.string()),
  Description: v.optional(v.string()),
  ScheduleExpression: v.pipe(v.string(), v.regex(/^rate\(\d+ (minute|hour|day)s?\)$/, "must be a rate")),
  State: v.optional(v.picklist(["ENABLED", "DISABLED"]), "ENABLED"),
  Targets: v.array(v.strictObject({ Arn: v.string(), Id: v.string() })),
  Tags: v.optional(v.unknown()),
});

/** The longest that a timer of Node waits; for more it would not wait at all. */
const maxIntervalMs = 2 ** 31 - 1;
const unitMs: Readonly<Record<string, number>> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };

export interface SchedulesOptions {
  readonly assembly: Assembly;
  readonly resolve: Resolve;
  readonly functions: Functions;
  readonly say: (line: string) => void;
}

/** Schedules that are running. */
export interface Schedules {
  stop(): void;
}

/**
 * Invokes the targets of every enabled rule at its rate, for the first time one interval after the start. An invocation
 * that fails is told of and not repeated; in Lambda it comes twice more.
 *
 * @throws BackboneError TEMPLATE_UNSUPPORTED for what is not carried out: cron expressions, event patterns, inputs,
 *   EventBridge Scheduler
 */
export function startSchedules({ assembly, resolve, functions, say }: SchedulesOptions): Schedules {
  const [foreign] = assembly.resourcesOf("AWS::Scheduler::Schedule");
  if (foreign !== undefined) throw unsupported(foreign, "EventBridge Scheduler has no local counterpart, use a rule");
  const timers = assembly.resourcesOf("AWS::Events::Rule").flatMap((rule) => {
    const { intervalMs, functionNames } = defineSchedule(rule, resolve);
    const targets = functionNames.map((name) => functions.get(name));
    const invoke = async (target: (typeof targets)[number]) => {
      const result = await target.invoke(scheduledEvent(rule, new Date()));
      if (!result.ok) say(`schedule ${rule.logicalId}: ${result.error.errorType}: ${result.error.errorMessage}`);
    };
    return targets.map((target) => setInterval(() => void invoke(target), intervalMs));
  });
  return {
    stop() {
      for (const timer of timers) clearInterval(timer);
    },
  };
}

/** @throws BackboneError TEMPLATE_UNSUPPORTED */
export function defineSchedule(rule: Resource, resolve: Resolve) {
  const parsed = v.safeParse(propertiesSchema, resolve(rule.stack, rule.properties));
  if (!parsed.success) throw unsupported(rule, v.summarize(parsed.issues));
  const { ScheduleExpression, State, Targets } = parsed.output;
  const [, count = "", unit = ""] = /(\d+) (minute|hour|day)/.exec(ScheduleExpression) ?? [];
  const intervalMs = Number(count) * (unitMs[unit] ?? Number.NaN);
  if (intervalMs < 1 || intervalMs > maxIntervalMs) {
    throw unsupported(rule, `${ScheduleExpression}: must be from 1 minute to 24 days here`);
  }
  return {
    intervalMs,
    functionNames: State === "ENABLED" ? Targets.map(({ Arn }) => Arn) : [],
  };
}

/**
 * The event of a scheduled rule.
 * Source: "Creating an EventBridge rule that runs on a schedule", Amazon EventBridge user guide.
 */
export function scheduledEvent({ logicalId }: Resource, at: Date) {
  return {
    version: "0",
    id: randomUUID(),
    "detail-type": "Scheduled Event",
    source: "aws.events",
    account: localAccount,
    time: `${at.toISOString().slice(0, 19)}Z`,
    region: localRegion,
    resources: [`arn:aws:events:${localRegion}:${localAccount}:rule/${logicalId}`],
    detail: {},
  };
}

function unsupported({ logicalId }: Resource, why: string): BackboneError {
  return new BackboneError("TEMPLATE_UNSUPPORTED", `schedule ${logicalId}: ${why}`);
}
