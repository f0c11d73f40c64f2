import { readFileSync } from "node:fs";
import { BackboneError } from "../../shared/errors.ts";
import { fileProblem } from "../../shared/file-problem.ts";

/**
 * The text of a file that a command line names.
 *
 * @param what says what it should be, `the plan` for one
 * @throws BackboneError INVALID_OPTIONS with the file and why it cannot be read
 */
export function readTextFile(file: string, what = ""): string {
  try {
    return readFileSync(file, "utf8");
  } catch (cause) {
    const name = what === "" ? file : `${what} ${file}`;
    throw new BackboneError("INVALID_OPTIONS", `cannot read ${name}: ${fileProblem(cause)}`, { cause });
  }
}
