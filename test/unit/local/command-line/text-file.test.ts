import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readTextFile } from "../../../../local/command-line/text-file.ts";

const folder = mkdtempSync(join(tmpdir(), "text-file-"));
const file = join(folder, "plan.json");
writeFileSync(file, "größer\n");

test("reads a file as UTF-8", () => {
  expect(readTextFile(file)).toBe("größer\n");
});

test.each([
  [join(folder, "missing.json"), "there is no such file or folder"],
  [folder, "it is a folder"],
  [join(file, "below"), "what should be a folder on its path is a file"],
])("names %s and why it cannot be read", (path, why) => {
  const refused = { code: "INVALID_OPTIONS", message: `cannot read the plan ${path}: ${why}` };
  expect(() => readTextFile(path, "the plan")).toThrow(expect.objectContaining(refused));
});

test("names what says nothing in words by its code", () => {
  const tooLong = "x".repeat(5_000);
  expect(() => readTextFile(tooLong)).toThrow(`cannot read ${tooLong}: ENAMETOOLONG`);
});
