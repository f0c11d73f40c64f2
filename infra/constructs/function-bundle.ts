import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
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
    external: ["@aws-sdk/client-*", "@aws-sdk/credential-*"],
    // Its types alone: what reads files and speaks RPC makes up half of the package.
    alias: { avsc: "avsc/etc/browser/avsc-types.js" },
    logLevel: "warning",
    metafile: true,
  });
  withoutHelpersForNothing(metafile, join(outputFolder, "index.mjs"));
  for (const file of unreachable(metafile)) rmSync(file);
}

/**
 * What the entry has for CommonJS also where nothing in it uses that: an import of esbuild's helpers, one file more to read
 * at each cold start, and the banner. Together about a millisecond. Blanks take the place of the import, so that the source
 * map still fits.
 */
function withoutHelpersForNothing({ outputs }: Metafile, index: string): void {
  const helpers = new Set(
    Object.entries(outputs)
      .filter(([, { inputs }]) => Object.keys(inputs).length === 0)
      .map(([file]) => basename(file)),
  );
  const code = readFileSync(index, "utf8");
  const without = code.replace(/import"\.\/(chunk-\w+\.mjs)";/g, (statement, file: string) =>
    helpers.has(file) ? " ".repeat(statement.length) : statement,
  );
  // The banner has a line of its own; without it, nothing asks for `import.meta`, which Node makes at a cost.
  const own = without.replace(requireForDependencies, "");
  const bare = /\brequire\b/.test(own) ? without : own;
  if (bare !== code) writeFileSync(index, bare);
}

/** esbuild writes a chunk for every dynamic import that it has read, also where the code around it was left out. */
function unreachable({ outputs }: Metafile): string[] {
  const reached = new Set(Object.keys(outputs).filter((file) => basename(file) === "index.mjs"));
  for (const file of reached) {
    for (const { path, external } of outputs[file]?.imports ?? []) if (!external) reached.add(path);
  }
  return Object.keys(outputs).filter((file) => !reached.has(file.replace(/\.map$/, "")));
}
