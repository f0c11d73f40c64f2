import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { bundleFunction } from "../../infra/constructs/function-bundle.ts";
import { projectFolder } from "./project-folder.ts";

export interface Bundle {
  readonly name: string;
  readonly file: string;
  readonly bytes: number;
  readonly gzipBytes: number;
  /** Of the files that are read when the entry is imported; the others are read on use. */
  readonly startBytes: number;
}

/**
 * Bundles an entry as what is deployed is bundled.
 *
 * @param folder somewhere below the project, so that the AWS SDK is found in its node_modules by every bundle alike
 */
export function bundle({ name, entry }: { name: string; entry: string }, folder: string): Bundle {
  const output = join(folder, name.replaceAll(/\W+/g, "-"));
  bundleFunction(join(projectFolder, entry), output);
  const modules = readdirSync(output)
    .filter((file) => file.endsWith(".mjs"))
    .map((file) => readFileSync(join(output, file)));
  const sumOf = (sizes: readonly number[]) => sizes.reduce((sum, size) => sum + size, 0);
  return {
    name,
    file: join(output, "index.mjs"),
    bytes: sumOf(modules.map(({ length }) => length)),
    gzipBytes: sumOf(modules.map((module) => gzipSync(module).length)),
    startBytes: sumOf(readAtStart(output).map((module) => module.length)),
  };
}

function readAtStart(output: string): string[] {
  const modules: string[] = [];
  const files = new Set(["index.mjs"]);
  for (const file of files) {
    const module = readFileSync(join(output, file), "utf8");
    modules.push(module);
    for (const [, imported = ""] of module.matchAll(/(?:from|import)"\.\/([^"]+\.mjs)"/g)) files.add(imported);
  }
  return modules;
}
