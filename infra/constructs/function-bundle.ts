import { rmSync } from "node:fs";
import { basename } from "node:path";
import { buildSync, type Metafile } from "esbuild";

/** CommonJS dependencies call `require`, which an ES module does not have. */
const requireForDependencies =
  "import { createRequire as createRequireForBundle } from 'node:module';" +
  "const require = createRequireForBundle(import.meta.url);";

/**
 * Bundles a function's entry for Node 24 into `index.mjs` and chunks beside it, minified, each with its source map.
 *
 * What is imported dynamically lies in chunks of its own, which a cold start does not read: kafkajs alone, which a
 * consumer needs only for a dead letter, takes 15 ms to parse. CDK's own NodejsFunction writes a single file.
 */
export function bundleFunction(entry: string, outputFolder: string): void {
  const { metafile } = buildSync({
    entryPoints: { index: entry },
    outdir: outputFolder,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    splitting: true,
    platform: "node",
    target: "node24",
    format: "esm",
    mainFields: ["module", "main"],
    minify: true,
    sourcemap: true,
    sourcesContent: false,
    banner: { js: requireForDependencies },
    // What the runtime brings. Smaller packages of the SDK, which it may not bring, are bundled.
    external: ["@aws-sdk/client-*", "@aws-sdk/lib-*", "@aws-sdk/credential-*"],
    // Its types alone: what reads files and speaks RPC makes up half of the package.
    alias: { avsc: "avsc/etc/browser/avsc-types.js" },
    logLevel: "warning",
    metafile: true,
  });
  for (const file of unreachable(metafile)) rmSync(file);
}

/** esbuild writes a chunk for every dynamic import that it has read, also where the code around it was left out. */
function unreachable({ outputs }: Metafile): string[] {
  const reached = new Set(Object.keys(outputs).filter((file) => basename(file) === "index.mjs"));
  for (const file of reached) {
    for (const { path, external } of outputs[file]?.imports ?? []) if (!external) reached.add(path);
  }
  return Object.keys(outputs).filter((file) => !reached.has(file.replace(/\.map$/, "")));
}
