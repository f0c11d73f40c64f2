import { readdirSync } from "node:fs";
import { join } from "node:path";
import { runGuarded } from "../parts/run-guarded.ts";

/** Rules of cfn-lint that find nothing wrong in what CDK writes. */
const ignoredRules = {
  W3005: "CDK names dependencies that a reference says already",
  W1020: "an Fn::Sub without variables keeps expressions of others as they are, which E1029 would take for its own",
} as const;

/** What its script does, which knows only the folder that it was installed into. */
const command = "import sys; from cfnlint.runner import main; sys.exit(main())";

/** What cfn-lint finds in folders of synthesized templates; warnings count. Empty when they are well. */
export async function lint(python: string, folders: readonly string[]): Promise<string> {
  const files = folders.flatMap((folder) => readdirSync(folder).map((file) => join(folder, file)));
  const templates = files.filter((file) => file.endsWith(".template.json"));
  const ignored = Object.keys(ignoredRules).flatMap((rule) => ["--ignore-checks", rule]);
  const args = ["-c", command, ...templates, ...ignored];
  const { code, output } = await runGuarded({ command: python, args, env: { PATH: process.env.PATH } });
  return code === 0 ? "" : output;
}
