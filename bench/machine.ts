import { readFileSync } from "node:fs";
import { cpus, loadavg, release, type as system, totalmem } from "node:os";

/** What a figure depends on beside the code. */
export function machine() {
  const processors = cpus();
  return {
    cpu: processors[0]?.model ?? "unknown",
    cores: processors.length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    node: process.version,
    v8: process.versions.v8,
    os: `${system()} ${release()} ${process.arch}`,
    loadAverage1Min: Math.round((loadavg()[0] ?? 0) * 100) / 100,
  };
}

/** The installed version of each package. */
export function versionsOf(packages: readonly string[]): Record<string, string> {
  return Object.fromEntries(packages.map((name) => [name, versionOf(name)]));
}

function versionOf(name: string): string {
  const file = new URL(`../node_modules/${name}/package.json`, import.meta.url);
  const { version }: { version: string } = JSON.parse(readFileSync(file, "utf8"));
  return version;
}
