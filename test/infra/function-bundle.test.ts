import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { bundleFunction } from "../../infra/constructs/function-bundle.ts";

const root = join(import.meta.dirname, "../..");

test("what a function loads only on use works from the chunks of its bundle", () => {
  // Below the project, where the AWS SDK is found as it is in Lambda's runtime.
  const cache = join(root, "node_modules/.cache");
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, "function-bundle-"));
  try {
    bundleFunction(join(root, "test/fixtures/bundles/loaded-on-use.ts"), folder);
    const printed = execFileSync(process.execPath, [join(folder, "index.mjs")], { encoding: "utf8" });
    const { types, reasons, signer } = JSON.parse(printed);
    expect(types).toEqual(["JSON", "JSON", "JSON", "PROTOBUF"]);
    expect(reasons).toHaveLength(2);
    for (const reason of reasons) expect(reason).not.toMatch(/undefined|not a function|not a constructor/);
    expect(signer).toBe("function");
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
