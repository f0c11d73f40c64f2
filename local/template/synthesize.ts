import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { BackboneError } from "../../shared/errors.ts";
import { runGuarded } from "../parts/run-guarded.ts";

export const projectFolder = fileURLToPath(new URL("../..", import.meta.url));

/** The stage that runs here. */
export const localStage = "prod";

/**
 * Synthesizes the templates with the CDK CLI, as `npm run synth` does, and returns their folder.
 * @throws BackboneError PART_FAILED with what the CLI printed
 */
export async function synthesize(): Promise<string> {
  const cli = createRequire(import.meta.url).resolve("aws-cdk/bin/cdk");
  const args = [cli, "synth", "--quiet", "--no-notices", "--no-version-reporting", "-c", `stage=${localStage}`];
  const { code, output } = await runGuarded({ command: process.execPath, args, env: process.env, cwd: projectFolder });
  if (code !== 0) throw new BackboneError("PART_FAILED", `the templates could not be synthesized:\n${output}`);
  return join(projectFolder, "cdk.out");
}
