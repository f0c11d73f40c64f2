import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

const root = new URL("../../../", import.meta.url);
const readme = new URL("README.md", root);

// Each `<!-- example: FILE -->` of the README stands before a block that is that file, which is compiled and run as a test.
test("the examples of README.md are files that are run", () => {
  const text = readFileSync(readme, "utf8");
  const examples = [...text.matchAll(/<!-- example: (\S+) -->\n```ts\n(.*?)```/gs)];
  expect(examples.map(([, path]) => path)).toContain("test/unit/testing/readme-example.test.ts");
  for (const [, path = "", block] of examples) {
    const source = readFileSync(new URL(path, root), "utf8");
    expect(block, `${path}: copy the file into its block of README.md`).toBe(source);
  }
});
