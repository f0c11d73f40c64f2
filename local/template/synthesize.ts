import { execFile } from "node:child_process";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { BackboneError } from "../../shared/errors.ts";

const run = promisify(execFile);

export const projectFolder = fileURLToPath(new URL("../..", import.meta.url));

/**
 * Synthesizes the templates with the CDK CLI, as `npm run synth` does, and returns their folder.
 * @throws BackboneError PART_FAILED with what the CLI printed
 */
export async function synthesize(): Promise<string> {
  const cli = createRequire(import.meta.url).resolve("aws-cdk/bin/cdk");
  try {
    await run(process.execPath, [cli, "synth", "--quiet", "--no-notices", "--no-version-reporting"], {
      cwd: projectFolder,
    });
  } catch (error) {
    const output = error instanceof Error && "stderr" in error ? String(error.stderr) : String(error);
    throw new BackboneError("PART_FAILED", `the templates could not be synthesized:\n${output.trim()}`, {
      cause: error,
    });
  }
  return join(projectFolder, "cdk.out");
}
