import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { BackboneError } from "../../shared/errors.ts";

const run = promisify(execFile);
const pom = fileURLToPath(new URL("../pom.xml", import.meta.url));

/** Folders of the installed parts. */
export interface InstalledParts {
  readonly kafka: string;
  readonly dynamodb: string;
  readonly registry: string;
}

const goals = {
  kafka: "dependency:copy-dependencies",
  dynamodb: "dependency:copy-dependencies",
  registry: "dependency:unpack-dependencies",
} as const satisfies Record<keyof InstalledParts, string>;

/** Folder outside the work tree that keeps parts and run folders: BACKBONE_CACHE_DIR, else the user's cache folder. */
export function cacheFolder(env: NodeJS.ProcessEnv): string {
  const base = env.XDG_CACHE_HOME !== undefined && env.XDG_CACHE_HOME !== "" ? env.XDG_CACHE_HOME : undefined;
  return env.BACKBONE_CACHE_DIR ?? join(base ?? join(homedir(), ".cache"), "msk-event-backbone");
}

/**
 * Resolves the parts of local/pom.xml with Maven, once for each content of that file. Installs beside the final
 * folder and renames it, so that an interrupted or a concurrent start never sees half of the parts.
 * @throws BackboneError PREREQUISITE_MISSING when Maven is needed and missing, or cannot resolve
 */
export async function installParts(cache: string, say: (line: string) => void): Promise<InstalledParts> {
  const target = join(cache, "parts", createHash("sha256").update(readFileSync(pom)).digest("hex").slice(0, 16));
  if (!existsSync(target)) {
    say("installing Kafka, the schema registry and DynamoDB Local with Maven (once, about 350 MB)");
    mkdirSync(dirname(target), { recursive: true });
    const staging = mkdtempSync(`${target}-`);
    try {
      copyFileSync(pom, join(staging, "pom.xml"));
      for (const [part, goal] of Object.entries(goals)) await maven(staging, part, goal);
      if (!existsSync(target)) renameSync(staging, target);
    } finally {
      rmSync(staging, { recursive: true, force: true });
    }
  }
  return { kafka: join(target, "kafka"), dynamodb: join(target, "dynamodb"), registry: join(target, "registry") };
}

async function maven(folder: string, part: string, goal: string): Promise<void> {
  try {
    await run("mvn", ["-q", "-B", "-P", part, goal, `-DoutputDirectory=${join(folder, part)}`], { cwd: folder });
  } catch (error) {
    throw new BackboneError("PREREQUISITE_MISSING", mavenFailure(part, error), { cause: error });
  }
}

function mavenFailure(part: string, error: unknown): string {
  if (error instanceof Error && "code" in error && error.code === "ENOENT")
    return "Maven is needed to install the local parts, and no `mvn` is on PATH. Install Maven 3.6 or newer, then start again";
  const output = error instanceof Error && "stdout" in error ? String(error.stdout) : String(error);
  const reason = output.split("\n").find((line) => line.includes("ERROR")) ?? "it gave no reason";
  return `Maven could not resolve the local part ${part}: ${reason.trim()}. Check the connection to its repository, then start again`;
}
