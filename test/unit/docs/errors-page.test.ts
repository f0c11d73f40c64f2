import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { errorsPage, errorsPagePath } from "../../../docs/generate-errors.ts";
import { errorCodes } from "../../../shared/errors.ts";

test("docs/errors.md is what `npm run docs` writes", () => {
  expect(readFileSync(errorsPagePath, "utf8")).toBe(errorsPage());
});

test("the page has a line for each code", () => {
  for (const code of Object.keys(errorCodes))
    expect(errorsPage()).toMatch(new RegExp(`^\\| \`${code}\` +\\| [^|]+ \\|$`, "m"));
});
