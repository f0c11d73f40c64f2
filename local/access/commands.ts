import { writeFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import kafkajs from "kafkajs";
import { parseAccess } from "../../shared/access/index.ts";
import {
  applyPlan,
  changesOf,
  checkWithBrokers,
  desiredStateOf,
  isEmpty,
  type Plan,
  parsePlanFile,
  planFileText,
  planOf,
  readCluster,
  stateFileOf,
  stepsOf,
} from "../../shared/access-plan/index.ts";
import { BackboneError } from "../../shared/errors.ts";
import { fileProblem } from "../../shared/file-problem.ts";
import { readTextFile } from "../command-line/text-file.ts";
import { stageOf } from "../stage.ts";
import type { Arguments, Command } from "./arguments.ts";
import { settingsOf, withCluster } from "./cluster.ts";
import { type Choices, compare, readAccessFile } from "./comparison.ts";
import { refuseProblems, refuseRecords, refuseStale, refuseUnknownTargets } from "./refusals.ts";
import { type Output, show } from "./show.ts";

type Run = (options: Arguments, env: NodeJS.ProcessEnv, output: Output) => Promise<number>;

/** Each gives the exit code; errors are thrown. */
export const runOf: Readonly<Record<Command, Run>> = { validate, plan, apply, import: importState, drift };

async function validate(options: Arguments, _: NodeJS.ProcessEnv, { print }: Output): Promise<number> {
  const { name, access } = await readAccessFile(options.file, await stageOf(options.stage));
  const { topics, acls } = desiredStateOf(access);
  print(`${name} is valid: ${topics.length} topics, dead-letter topics included, and ${acls.length} ACLs.\n`);
  return 0;
}

async function plan(options: Arguments, env: NodeJS.ProcessEnv, output: Output): Promise<number> {
  const { target, stage, file } = await prepare(options, options.stage, env);
  await withCluster(target, output.say, async (cluster) => {
    const comparison = await compare(file, cluster, options);
    refuseUnknownTargets(comparison);
    refuseProblems(file.name, cluster, comparison);
    await checkWithBrokers(cluster.admin, comparison.plan, comparison.actual);
    const { includeUnchanged, delete: deletes } = options;
    await show(comparison, cluster, output, { includeUnchanged, deletes });
    if (options.outputFile === undefined) return;
    const written = options.includeUnchanged ? comparison.plan : changesOf(comparison.plan);
    const plannedFor = {
      clusterId: comparison.actual.clusterId,
      accessSha256: file.sha256,
      stage,
      targets: [...options.targets],
      delete: options.delete,
      skipAcls: options.skipAcls,
    };
    write(options.outputFile, planFileText(written, plannedFor), "w");
    output.say(`the plan is in ${options.outputFile}; to apply it: -p ${options.outputFile}`);
  });
  return 0;
}

async function apply(options: Arguments, env: NodeJS.ProcessEnv, output: Output): Promise<number> {
  const planned =
    options.planFile === undefined
      ? undefined
      : parsePlanFile(readTextFile(options.planFile, "the plan"), options.planFile);
  const choices: Choices = planned?.plannedFor ?? options;
  const { target, file } = await prepare(options, planned?.plannedFor.stage ?? options.stage, env);
  await withCluster(target, output.say, async (cluster) => {
    const comparison = await compare(file, cluster, choices);
    const { plan, actual } = comparison;
    // A target of a plan may be gone by now, deleted by an attempt that was cut short.
    if (planned === undefined) refuseUnknownTargets(comparison);
    else refuseStale(options.planFile ?? "", planned, file, comparison);
    refuseProblems(file.name, cluster, comparison);
    await checkWithBrokers(cluster.admin, plan, actual);
    const records = await show(comparison, cluster, output, { deletes: choices.delete });
    refuseRecords(plan, records, options.yes);
    if (isEmpty(changesOf(plan))) return;
    await applyPlan(cluster.admin, plan, actual, (step) => output.say(`done: ${step}`));
    await settled(async () => (await compare(file, cluster, choices)).plan);
    output.print(output.paint("green", "Applied, and seen on the cluster.\n"));
  });
  return 0;
}

async function drift(options: Arguments, env: NodeJS.ProcessEnv, output: Output): Promise<number> {
  const { target, file } = await prepare(options, options.stage, env);
  return await withCluster(target, output.say, async (cluster) => {
    // What the file does not name is drift as well.
    const comparison = await compare(file, cluster, { ...options, delete: true });
    refuseUnknownTargets(comparison);
    await show(comparison, cluster, output, {});
    return [comparison.plan, comparison.reported].every((part) => isEmpty(changesOf(part))) ? 0 : 1;
  });
}

async function importState(options: Arguments, env: NodeJS.ProcessEnv, output: Output): Promise<number> {
  const target = await settingsOf(options.connection, env);
  const { text, leftOut } = await withCluster(target, output.say, async ({ admin }) => {
    const actual = await readCluster(admin, { acls: !options.skipAcls });
    const file = stateFileOf(actual);
    const differences = stepsOf(
      planOf({ desired: desiredStateOf(parseAccess(file.text, "the imported file")), actual }),
    );
    if (differences.size > 0) {
      throw new BackboneError(
        "INVALID_OPTIONS",
        `the cluster cannot be said in a file: ${[...differences.values()].join("; ")}`,
      );
    }
    return file;
  });
  for (const line of leftOut) output.say(line);
  if (options.outputFile === undefined) output.print(text);
  // An access file has comments and owners that no cluster knows: it is not overwritten.
  else write(options.outputFile, text, "wx");
  return 0;
}

/** Which cluster, and the access file for its stage. */
async function prepare({ connection, file }: Arguments, namedStage: string | undefined, env: NodeJS.ProcessEnv) {
  const target = await settingsOf(connection, env);
  const stage = await stageOf(namedStage, target.settings.stage);
  return { target, stage, file: await readAccessFile(file, stage) };
}

const settleTimeoutMs = 60_000;

/** Brokers take a change up one after the other, a moment after the controller has acknowledged it. */
async function settled(planNow: () => Promise<Plan>): Promise<void> {
  const deadline = Date.now() + settleTimeoutMs;
  for (;;) {
    const left = await stepsLeft(planNow);
    if (left.length === 0) return;
    if (Date.now() > deadline) {
      throw new BackboneError("KAFKA_UNAVAILABLE", `applied, but not to be seen yet: ${left.join("; ")}`);
    }
    await delay(100);
  }
}

/** A broker that does not know a new topic yet cannot describe it. */
async function stepsLeft(planNow: () => Promise<Plan>): Promise<string[]> {
  try {
    return [...stepsOf(await planNow()).values()];
  } catch (error) {
    if (error instanceof kafkajs.KafkaJSError) return [error.message];
    throw error;
  }
}

function write(file: string, text: string, flag: "w" | "wx"): void {
  try {
    writeFileSync(file, text, { flag });
  } catch (cause) {
    const exists = cause instanceof Error && "code" in cause && cause.code === "EEXIST";
    const problem = exists ? `${file}: is there already` : `cannot write ${file}: ${fileProblem(cause)}`;
    throw new BackboneError("INVALID_OPTIONS", problem, { cause });
  }
}
