import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

const root = new URL("../../../", import.meta.url);

// Each `<!-- example: FILE -->` stands before a block that is that file, which is compiled and run as a test.
test.each([
  ["README.md", "test/unit/testing/readme-example.test.ts"],
  ["docs/middleware.md", "test/unit/middleware/plain-handler-example.test.ts"],
])("the examples of %s are files that are run", (page, example) => {
  const text = readFileSync(new URL(page, root), "utf8");
  const examples = [...text.matchAll(/<!-- example: (\S+) -->\n```ts\n(.*?)```/gs)];
  expect(examples.map(([, path]) => path)).toContain(example);
  for (const [, path = "", block] of examples) {
    const source = readFileSync(new URL(path, root), "utf8");
    expect(block, `${path}: copy the file into its block of ${page}`).toBe(source);
  }
});
