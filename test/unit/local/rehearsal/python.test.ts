import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { requirePython } from "../../../../local/rehearsal/python.ts";

/** A folder for PATH with programs that answer as a Python of that version does, beside the shell that runs them. */
function pathWith(versions: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), "pythons-"));
  for (const [name, version] of Object.entries(versions)) {
    const answer = version === "" ? "exit 127" : `echo ${version} ${folder}/real-${name}`;
    writeFileSync(join(folder, name), `#!/bin/sh\n${answer}\n`, { mode: 0o755 });
  }
  return `${folder}:/nowhere`;
}

const names = ["backbone-python3", "backbone-python3.12"];
const env = (path: string) => ({ PATH: `${path}:${process.env.PATH}` });

describe("requirePython", () => {
  it("takes the first that is new enough, by the file that it runs from, and tells its version", async () => {
    const path = pathWith({ "backbone-python3": "3 9", "backbone-python3.12": "3 12" });
    expect(await requirePython(env(path), names)).toEqual({
      executable: expect.stringMatching(/real-backbone-python3\.12$/),
      version: "3.12",
    });
  });

  it("says what was found and what to do when none is new enough", async () => {
    const path = pathWith({ "backbone-python3": "3 9", "backbone-python3.12": "" });
    await expect(requirePython(env(path), names)).rejects.toMatchObject({
      code: "PREREQUISITE_MISSING",
      message: expect.stringMatching(/^Python 3\.11 to 3\.14 is needed .*, backbone-python3 is 3\.9\. Install one/),
    });
  });

  it("says that there is none", async () => {
    await expect(requirePython(env("/nowhere"), names)).rejects.toThrow("none is on PATH");
  });
});

describe("requirements.txt", () => {
  it("pins every package to one version", () => {
    const file = new URL("../../../../local/rehearsal/requirements.txt", import.meta.url);
    const lines = readFileSync(file, "utf8").trim().split("\n");
    const packages = lines.filter((line) => !line.startsWith("#"));
    expect(packages.filter((line) => !/^[A-Za-z0-9._-]+(\[[a-z,]+\])?==[0-9][0-9A-Za-z.]*$/.test(line))).toEqual([]);
    expect(packages).toContainEqual(expect.stringMatching(/^cfn-lint==/));
    expect(packages).toContainEqual(expect.stringMatching(/^moto\[/));
  });
});
