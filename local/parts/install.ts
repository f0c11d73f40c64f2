import { createHash } from "node:crypto";
import { copyFileSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { BackboneError } from "../../shared/errors.ts";
import { installOnce } from "./install-once.ts";
import { runGuarded } from "./run-guarded.ts";

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
 * Resolves the parts of local/pom.xml with Maven, once for each content of that file.
 * @throws BackboneError PREREQUISITE_MISSING when Maven is needed and missing, or cannot resolve
 */
export async function installParts(cache: string, say: (line: string) => void): Promise<InstalledParts> {
  const target = join(cache, "parts", createHash("sha256").update(readFileSync(pom)).digest("hex").slice(0, 16));
  await installOnce(target, async (folder) => {
    say("installing Kafka, the schema registry and DynamoDB Local with Maven (once, about 350 MB)");
    copyFileSync(pom, join(folder, "pom.xml"));
    for (const [part, goal] of Object.entries(goals)) await maven(folder, part, goal);
  });
  return { kafka: join(target, "kafka"), dynamodb: join(target, "dynamodb"), registry: join(target, "registry") };
}

async function maven(folder: string, part: string, goal: string): Promise<void> {
  const args = ["-q", "-B", "-P", part, goal, `-DoutputDirectory=${join(folder, part)}`];
  const { code, output } = await runGuarded({ command: "mvn", args, env: process.env, cwd: folder });
  if (code === 0) return;
  if (code === 127)
    throw new BackboneError(
      "PREREQUISITE_MISSING",
      "Maven is needed to install the local parts, and no `mvn` is on PATH. Install Maven 3.6 or newer, then start again",
    );
  const reason = output.split("\n").find((line) => line.includes("ERROR")) ?? "it gave no reason";
  throw new BackboneError(
    "PREREQUISITE_MISSING",
    `Maven could not resolve the local part ${part}: ${reason.trim()}. Check the connection to its repository, then start again`,
  );
}
