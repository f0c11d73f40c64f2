import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { buildSync } from "esbuild";
import { bundleFunction } from "../../infra/constructs/function-bundle.ts";
import { projectFolder } from "./project-folder.ts";

/** Writes a bundle of the entry to the folder, its `index.mjs` and what that loads. */
export type Bundler = (entry: string, folder: string) => void;

export interface Bundle {
  readonly name: string;
  readonly file: string;
  readonly bytes: number;
  readonly gzipBytes: number;
  /** Of the files that are read when the entry is imported; the others are read on use. */
  readonly startBytes: number;
}

/**
 * As CDK's NodejsFunction leaves the AWS SDK to the runtime unless it is told otherwise; what it could be told besides that
 * makes it faster: an ES module, minified, without source maps.
 *
 * @see https://docs.aws.amazon.com/cdk/api/v2/docs/aws-cdk-lib.aws_lambda_nodejs-readme.html
 */
export function bundleWithSdkOfRuntime(entry: string, folder: string): void {
  buildSync({
    entryPoints: { index: entry },
    outdir: folder,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    platform: "node",
    target: "node24",
    format: "esm",
    mainFields: ["module", "main"],
    minify: true,
    external: ["@aws-sdk/*", "@smithy/*"],
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
    logLevel: "warning",
  });
}

/**
 * @param bundler by default the one of what is deployed
 * @param folder somewhere below the project, so that what a bundle leaves to the runtime is found in its node_modules
 */
export function bundle(
  { name, entry, bundler = bundleFunction }: { name: string; entry: string; bundler?: Bundler },
  folder: string,
): Bundle {
  const output = join(folder, name.replaceAll(/\W+/g, "-"));
  bundler(join(projectFolder, entry), output);
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
