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
