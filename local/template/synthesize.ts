import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { BackboneError } from "../../shared/errors.ts";
import { runGuarded } from "../parts/run-guarded.ts";

export const projectFolder = fileURLToPath(new URL("../..", import.meta.url));

/** The stage that runs here unless another is asked for. */
export const defaultStage = "prod";

/**
 * Synthesizes the templates with the CDK CLI, as `npm run synth` does, into a folder that is there and empty. They are not
 * checked against CloudFormation's rules, which takes as long again: that is for the tests and for what is deployed.
 *
 * @param stage one of those of `infra/config.ts`
 * @throws BackboneError INVALID_OPTIONS for a stage that the app refuses; PART_FAILED with what the CLI printed
 */
export async function synthesize(stage: string, folder: string): Promise<void> {
  const cli = createRequire(import.meta.url).resolve("aws-cdk/bin/cdk");
  const quick = ["--quiet", "--no-validation", "--no-notices", "--no-version-reporting"];
  const args = [cli, "synth", ...quick, "-c", `stage=${stage}`, "--output", folder];
  const { code, output } = await runGuarded({ command: process.execPath, args, env: process.env, cwd: projectFolder });
  const refusal = /^INVALID_OPTIONS: (.*)$/m.exec(output)?.[1];
  if (code !== 0 && refusal !== undefined) throw new BackboneError("INVALID_OPTIONS", refusal);
  if (code !== 0) throw new BackboneError("PART_FAILED", `the templates could not be synthesized:\n${output}`);
}
