import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { bundleFunction } from "../../infra/constructs/function-bundle.ts";

const root = join(import.meta.dirname, "../..");
const failing = "test/fixtures/bundles/failing.ts";

/** The folder of an entry's bundle: outside of the project, where it finds no package but its own. */
function bundled(entry: string): string {
  const folder = mkdtempSync(join(tmpdir(), "function-bundle-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  bundleFunction(join(root, entry), folder);
  return folder;
}

test("what a function loads only on use works from the chunks of its bundle", () => {
  const folder = bundled("test/fixtures/bundles/loaded-on-use.ts");
  const printed = execFileSync(process.execPath, [join(folder, "index.mjs")], {
    encoding: "utf8",
    env: { AWS_ACCESS_KEY_ID: "AKIAEXAMPLE", AWS_SECRET_ACCESS_KEY: "secret" },
  });
  const { types, reasons, token, order, cancelled, trace, span } = JSON.parse(printed);
  expect(types).toEqual(["JSON", "JSON", "JSON", "PROTOBUF"]);
  expect(reasons).toHaveLength(2);
  for (const reason of reasons) expect(reason).not.toMatch(/undefined|not a function|not a constructor/);
  expect(token).toMatch(
    /^https:\/\/kafka\.eu-central-1\.amazonaws\.com\/\?Action=kafka-cluster%3AConnect&.*X-Amz-Credential=AKIAEXAMPLE%2F/,
  );
  expect(order).toEqual({ id: "1" });
  expect(cancelled.reasons).toEqual([{ code: "conditionFailed", existing: { eventId: "first" } }]);
  expect(trace.tracestate).toBe("vendor=1");
  expect(span).toBe("function");
});

test("a cold start of inventory reads the packages that every batch needs, and no other", () => {
  const folder = bundled("functions/inventory/handler.ts");
  const files = filesReadAtStart(folder);
  // Beside the entry what it shares with what is loaded on use, such as the signer.
  expect(files.length).toBeLessThanOrEqual(6);
  const ofSdk = /^@(aws-sdk|smithy|aws)\//;
  const packages = packagesOf(folder, files);
  expect(packages.filter((name) => !ofSdk.test(name))).toEqual([
    "@middy/core",
    "mnemonist", // of the SDK's endpoint cache
    "obliterator",
    "uuid",
    "valibot",
  ]);
  expect(packages).toContain("@aws-sdk/client-dynamodb");
});

test.each(readdirSync(join(root, "functions")))("%s starts with nothing but its bundle", (name) => {
  const folder = bundled(`functions/${name}/handler.ts`);
  const file = JSON.stringify(join(folder, "index.mjs"));
  const load = `await import(${file}).catch(({ message }) => process.stderr.write(message))`;
  const { stderr } = spawnSync(process.execPath, ["--input-type=module", "--eval", load], {
    encoding: "utf8",
    env: {},
  });
  // It may miss what its environment would tell it.
  expect(stderr).toMatch(/^$|^wrong environment: /);
});

/** The stack trace that a bundle's failing entry leaves; of most functions the source map does not know the name. */
function traceOf(folder: string): string[] {
  const { stderr } = spawnSync(process.execPath, [join(folder, "index.mjs")], { encoding: "utf8" });
  return stderr.slice(stderr.indexOf("RangeError: ")).split("\n");
}

test("a stack trace names the files and lines of the source, below the whole message", () => {
  const source = join(root, failing);
  expect(traceOf(bundled(failing)).slice(0, 7)).toEqual([
    "RangeError: refused:",
    "nothing ordered",
    expect.stringContaining(` (${source}:4:31)`),
    expect.stringContaining(` (${source}:10:25)`),
    "    at Array.map (<anonymous>)",
    expect.stringContaining(` (${source}:10:7)`),
    `    at async ${source}:13:1`,
  ]);
});

test("a stack trace without its source map names what ran", () => {
  const folder = bundled(failing);
  rmSync(join(folder, "index.mjs.map"));
  expect(traceOf(folder)[2]).toMatch(/^ {4}at new .+ \(file:.*\/index\.mjs:\d+:\d+\)$/);
});

/** What `index.mjs` imports statically, and itself. */
function filesReadAtStart(folder: string): string[] {
  const files = new Set(["index.mjs"]);
  for (const file of files) {
    const imports = readFileSync(join(folder, file), "utf8").matchAll(/(?:from|import)"\.\/([^"]+\.mjs)"/g);
    for (const [, imported = ""] of imports) files.add(imported);
  }
  return [...files];
}

/** The source maps say what files were made of. */
function packagesOf(folder: string, files: readonly string[]): string[] {
  const packages = new Set<string>();
  for (const file of files) {
    const { sources }: { sources: string[] } = JSON.parse(readFileSync(join(folder, `${file}.map`), "utf8"));
    for (const source of sources) {
      const [, name] = /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(join(folder, source)) ?? [];
      if (name !== undefined) packages.add(name);
    }
  }
  return [...packages].sort();
}
