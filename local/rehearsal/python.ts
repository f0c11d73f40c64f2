import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { BackboneError } from "../../shared/errors.ts";
import { installOnce } from "../parts/install-once.ts";
import { runGuarded } from "../parts/run-guarded.ts";

const requirements = fileURLToPath(new URL("requirements.txt", import.meta.url));

/** The Pythons that every version in requirements.txt runs on: 3.11 to 3.14. */
const minors = [14, 13, 12, 11] as const;

/** Names under which a Python may be on PATH, the one that the machine's owner has chosen first. */
export const pythonNames: readonly string[] = ["python3", "python", ...minors.map((minor) => `python3.${minor}`)];

/** What the rehearsal takes from Python, in an environment of the project's own. */
export interface PythonTools {
  /** The environment's interpreter; runs modules with `-m`. */
  readonly python: string;
  /** What is installed, e.g. "cfn-lint 1.58.0, moto 5.2.5". */
  readonly versions: string;
}

/** An interpreter that is there, and its version, e.g. "3.12". */
export interface Python {
  readonly executable: string;
  readonly version: string;
}

/**
 * The first Python of those names that is new enough.
 * @throws BackboneError PREREQUISITE_MISSING, naming what was found and what is needed
 */
export async function requirePython(env: NodeJS.ProcessEnv, names: readonly string[] = pythonNames): Promise<Python> {
  const found: string[] = [];
  for (const name of names) {
    const args = ["-c", "import sys; print(sys.version_info.major, sys.version_info.minor, sys.executable)"];
    const { code, output } = await runGuarded({ command: name, args, env });
    const [, major, minor, executable] = /^(\d+) (\d+) (.+)$/.exec(output) ?? [];
    if (code !== 0 || executable === undefined) continue;
    if (major === "3" && minors.some((known) => String(known) === minor)) return { executable, version: `3.${minor}` };
    found.push(`${name} is ${major}.${minor}`);
  }
  throw new BackboneError(
    "PREREQUISITE_MISSING",
    `Python 3.${minors.at(-1)} to 3.${minors[0]} is needed to rehearse a deployment, ${found.join(", ") || "none is on PATH"}. ` +
      "Install one (with venv, which Debian packages apart as python3-venv), then start again",
  );
}

/**
 * Installs what requirements.txt names into the cache folder, once for each content of that file and each Python, by its
 * path and version: `/usr/bin/python3` becomes another with the system, and the packages are those of one version.
 * @throws BackboneError PREREQUISITE_MISSING where Python is missing, cannot make environments, or cannot download
 */
export async function installPythonTools(
  { cache, env }: { readonly cache: string; readonly env: NodeJS.ProcessEnv },
  say: (line: string) => void,
): Promise<PythonTools> {
  const { executable: python, version } = await requirePython(env);
  const text = readFileSync(requirements, "utf8");
  const target = join(
    cache,
    "rehearsal",
    createHash("sha256").update(`${python}\n${version}\n${text}`).digest("hex").slice(0, 16),
  );
  await installOnce(target, async (folder) => {
    say("installing cfn-lint and moto into the cache folder (once, about 320 MB)");
    await orMissing(python, ["-m", "venv", folder], env, "make an environment");
    const args = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", requirements];
    await orMissing(interpreterOf(folder), args, env, "install its packages");
  });
  const versions = ["cfn-lint", "moto"].map((name) => `${name} ${versionOf(text, name)}`).join(", ");
  return { python: interpreterOf(target), versions };
}

/** An environment's scripts know the folder that it was made in; its interpreter finds its packages wherever it is. */
function interpreterOf(environment: string): string {
  const python = join(environment, "bin/python");
  return existsSync(python) ? python : join(environment, "bin/python3");
}

async function orMissing(command: string, args: readonly string[], env: NodeJS.ProcessEnv, what: string) {
  const { code, output } = await runGuarded({ command, args, env });
  if (code === 0) return;
  const reason = output.split("\n").findLast((line) => /error/i.test(line)) ?? output.split("\n").at(-1);
  throw new BackboneError("PREREQUISITE_MISSING", `Python could not ${what}: ${reason?.trim() || "it gave no reason"}`);
}

function versionOf(text: string, name: string): string {
  return new RegExp(`^${name}(?:\\[.*\\])?==(\\S+)$`, "m").exec(text)?.[1] ?? "of an unknown version";
}
