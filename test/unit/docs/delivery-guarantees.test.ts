import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const root = join(import.meta.dirname, "../../..");

test("every test that the delivery guarantees name is there", () => {
  const page = readFileSync(join(root, "docs/delivery-guarantees.md"), "utf8");
  const named = [...page.matchAll(/`([a-z/-]+(?:\.test\.ts)?)`/g)]
    .map(([, name = ""]) => name)
    .filter((name) => name.endsWith(".test.ts") || name.split("-").length > 3)
    .map((name) => (name.startsWith("test/") ? name : `test/integrity/${name}.test.ts`));
  expect(named.length).toBeGreaterThan(10);
  expect(named.filter((name) => !existsSync(join(root, name)))).toEqual([]);
});
