import { readFileSync } from "node:fs";
import { BackboneError } from "../../shared/errors.ts";

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

const problems: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file or folder",
  EISDIR: "it is a folder",
  ENOTDIR: "what should be a folder on its path is a file",
  EACCES: "this user may not",
};

/** Why a file cannot be read or written. */
export function fileProblem(error: unknown): string {
  const code = error instanceof Error && "code" in error ? String(error.code) : String(error);
  return problems[code] ?? code;
}
