import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { bootstrap, deploy, synthesizeStage } from "./cdk.ts";
import { lint } from "./lint.ts";
import type { Moto } from "./moto.ts";
import type { Report } from "./report.ts";
import { type SynthesizedStack, stackStatuses, stacksOf } from "./stacks.ts";
import { missedExports, type UpdateEffects, updateEffects } from "./update-effects.ts";
import { updates } from "./updates.ts";

export interface RehearsalOptions {
  readonly stages: readonly string[];
  readonly python: string;
  readonly moto: Moto;
  /** An empty folder for templates. */
  readonly folder: string;
  readonly report: Report;
}

/**
 * Rehearses stage after stage in one account, as a team would have them there.
 * @returns whether everything went well; the report has what did not
 */
export async function rehearse(options: RehearsalOptions): Promise<boolean> {
  const { moto, report } = options;
  const work = async () => ({ problems: present(await bootstrap(moto)) });
  if (!(await report.step("account bootstrapped", work))) return false;
  const outcomes: boolean[] = [];
  for (const stage of options.stages) outcomes.push(await rehearseStage(stage, options));
  return outcomes.every((well) => well);
}

async function rehearseStage(stage: string, { python, moto, folder, report }: RehearsalOptions): Promise<boolean> {
  const templatesOf = (update = "none") => join(folder, stage, update);
  mkdirSync(join(folder, stage));
  report.line();
  report.line(stage);

  const versions = [undefined, ...updates.map(({ name }) => name)];
  const synthesized = await report.step("templates synthesized, of the stage and of its updates", async () => {
    const failures = versions.map((name) => synthesizeStage(stage, templatesOf(name), name));
    return { problems: (await Promise.all(failures)).flatMap(present) };
  });
  if (!synthesized) return false;
  const lintFindings = async () => ({ problems: present(await lint(python, versions.map(templatesOf))) });
  const linted = await report.step("cfn-lint, with warnings as errors", lintFindings);

  const deployStacks = async (templates: string, stacks: readonly SynthesizedStack[], status: string) => {
    const failed = present(await deploy(templates, moto));
    return {
      seen: `${stacks.length} ${stacks.length === 1 ? "stack" : "stacks"} ${status}`,
      problems: failed.concat(notIn(stacks, await stackStatuses(moto), status)),
    };
  };
  let stacks = stacksOf(templatesOf());
  const rows = stacks.map(({ name, resources }) => [name, String(resources)]);
  if (!(await report.step("deployed", () => deployStacks(templatesOf(), stacks, "CREATE_COMPLETE")))) return false;

  const outcomes = [linted];
  for (const { name, changes } of updates) {
    const after = stacksOf(templatesOf(name));
    const effects = after.map((stack) => updateEffects(templateOf(stacks, stack.name), stack.template));
    const missed = missedExports(stacks.map(templateAlone), after.map(templateAlone));
    const changed = after.filter((_, index) => isChange(effects[index]));
    const kept = async () => ({
      seen: changes.join(", "),
      problems: effects
        .flatMap(({ problems }) => problems)
        .concat(missed.map((lost) => `export ${lost} would be taken away while another stack imports it`)),
    });
    outcomes.push(await report.step(`update ${name} replaces nothing that holds data`, kept));
    const deployUpdate = () => deployStacks(templatesOf(name), changed, "UPDATE_COMPLETE");
    outcomes.push(await report.step(`update ${name} deployed`, deployUpdate));
    rows.forEach((row, index) => void row.push(effectsText(effects[index])));
    stacks = after;
  }
  report.line();
  report.table([["stack", "resources", ...updates.map(({ name }) => `update ${name}`)], ...rows]);
  return outcomes.every((well) => well);
}

function effectsText(effects: UpdateEffects | undefined): string {
  if (effects === undefined || !isChange(effects)) return "-";
  const { updated, added, removed, replaced } = effects;
  const counts = Object.entries({ updated, added, removed }).filter(([, count]) => count > 0);
  const types = replaced.map((name) => `${name.split(" ")[0]} replaced`);
  return [...counts.map(([what, count]) => `${count} ${what}`), ...types].join(", ");
}

function isChange(effects: UpdateEffects | undefined): boolean {
  return effects !== undefined && effects.updated + effects.added + effects.removed + effects.replaced.length > 0;
}

function templateOf(stacks: readonly SynthesizedStack[], name: string): object {
  return stacks.find((stack) => stack.name === name)?.template ?? {};
}

function templateAlone({ template }: SynthesizedStack): object {
  return template;
}

function notIn(stacks: readonly SynthesizedStack[], statuses: ReadonlyMap<string, string>, wanted: string): string[] {
  return stacks
    .filter(({ name }) => statuses.get(name) !== wanted)
    .map(({ name }) => `${name} is ${statuses.get(name) ?? "not there"}, not ${wanted}`);
}

function present(failure: string | undefined): string[] {
  return failure === undefined || failure === "" ? [] : [failure];
}
