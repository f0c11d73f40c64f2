import { rmSync } from "node:fs";
import { basename, join } from "node:path";
import { buildSync, type Metafile } from "esbuild";

/**
 * CommonJS dependencies call `require`, which an ES module does not have. It is made when one calls it: importing
 * `node:module` takes longer than reading a small file.
 */
const requireForDependencies =
  'const require = (id) => process.getBuiltinModule("node:module").createRequire(import.meta.url)(id);';

/**
 * What the AWS SDK loads only elsewhere than in Lambda, where credentials are in the environment, or for event streams, which
 * nothing here reads. In the bundle it would tear what a cold start reads into more files.
 */
const neverLoaded = [
  ...["cognito-identity", "http", "ini", "login", "process", "sso", "web-identity"].map(
    (source) => `@aws-sdk/credential-provider-${source}`,
  ),
  "@aws-sdk/nested-clients",
  "@smithy/credential-provider-imds",
  "@smithy/core/event-streams",
  "bowser",
];

const mappedStackTraces = join(import.meta.dirname, "../../shared/mapped-stack-traces.ts");

/**
 * Bundles a function's entry for Node 24 into `index.mjs` and chunks beside it, minified, each with its source map.
 *
 * What is imported dynamically lies in chunks of its own, which a cold start does not read: kafkajs alone, which a
 * consumer needs only for a dead letter, takes 15 ms to parse. CDK's own NodejsFunction writes a single file.
 *
 * The AWS SDK is in the bundle, as AWS advises: its version is the one that was tested, and its ES modules, cut to what is used,
 * are imported in half the time that the runtime's CommonJS takes (`npm run bench -- cold-start`).
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/nodejs-package.html
 */
export function bundleFunction(entry: string, outputFolder: string): void {
  const { metafile } = buildSync({
    stdin: {
      contents: `import ${JSON.stringify(mappedStackTraces)}; export * from ${JSON.stringify(entry)};`,
      resolveDir: import.meta.dirname,
    },
    entryNames: "index",
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
    external: neverLoaded,
    alias: {
      // Its types alone: what reads files and speaks RPC makes up half of the package.
      avsc: "avsc/etc/browser/avsc-types.js",
      // The ES modules that it is made of. Its CommonJS would keep the SDK's modules from being cut to what is used.
      "aws-msk-iam-sasl-signer-js": "aws-msk-iam-sasl-signer-js/src/index.ts",
    },
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
