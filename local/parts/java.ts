import { existsSync, readdirSync, readFileSync, realpathSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { BackboneError } from "../../shared/errors.ts";

/** The registry's class files need Java 21; Kafka and DynamoDB Local need 17. */
export const requiredJavaMajor = 21;

export interface JavaInstallation {
  readonly home: string;
  readonly major: number;
}

export interface JavaSearch {
  readonly javaHome: string | undefined;
  readonly path: string | undefined;
  /** Folders that hold one Java installation each in a subfolder. */
  readonly folders: readonly string[];
}

/** JAVA_HOME, PATH and the folders that Linux distributions, macOS and SDKMAN install into. */
export function defaultJavaSearch(env: NodeJS.ProcessEnv): JavaSearch {
  return {
    javaHome: env.JAVA_HOME,
    path: env.PATH,
    folders: [
      "/usr/lib/jvm",
      "/opt/java",
      "/Library/Java/JavaVirtualMachines",
      join(homedir(), ".sdkman/candidates/java"),
      join(homedir(), ".jdks"),
    ],
  };
}

/** Every Java that is found, newest first. The version is read from the installation's `release` file. */
export function findJava(search: JavaSearch): JavaInstallation[] {
  const onPath = (search.path ?? "")
    .split(delimiter)
    .map((folder) => join(folder, "java"))
    .filter((file) => existsSync(file))
    .map((file) => dirname(dirname(realpathSync(file))));
  const installed = search.folders
    .filter((folder) => existsSync(folder))
    .flatMap((folder) => readdirSync(folder).map((name) => join(folder, name)))
    // macOS nests the installation in its bundle.
    .flatMap((folder) => [folder, join(folder, "Contents/Home")]);
  const homes = new Set([search.javaHome ?? "", ...onPath, ...installed].filter((home) => home !== ""));
  return [...homes]
    .flatMap((home) => {
      const major = majorOf(home);
      return major === undefined ? [] : [{ home, major }];
    })
    .sort((a, b) => b.major - a.major);
}

/**
 * The newest Java, if it is new enough.
 * @throws BackboneError PREREQUISITE_MISSING, naming what was found and what is needed
 */
export function requireJava(search: JavaSearch): string {
  const found = findJava(search);
  const newest = found[0];
  if (newest !== undefined && newest.major >= requiredJavaMajor) return join(newest.home, "bin/java");
  const seen =
    found.length === 0 ? "none was found" : `found ${found.map(({ home, major }) => `${major} in ${home}`).join(", ")}`;
  throw new BackboneError(
    "PREREQUISITE_MISSING",
    `Java ${requiredJavaMajor} or newer is needed, ${seen}; looked at JAVA_HOME, PATH, ${search.folders.join(", ")}. ` +
      `Install a JDK (for example Temurin ${requiredJavaMajor}) or set JAVA_HOME to one, then start again`,
  );
}

function majorOf(home: string): number | undefined {
  const release = join(home, "release");
  if (!existsSync(release) || !existsSync(join(home, "bin/java"))) return undefined;
  // JAVA_VERSION="21.0.4", before Java 9 "1.8.0_392"
  const version = /^JAVA_VERSION="(?:1\.)?(\d+)/m.exec(readFileSync(release, "utf8"))?.[1];
  return version === undefined ? undefined : Number(version);
}
