import { existsSync, mkdirSync, mkdtempSync, readdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createRunFolder, runningClientFiles } from "../../../local/run-folder.ts";

/** Above every limit of process ids (Linux: 4,194,304), so nothing runs under it. */
const deadPid = 99_999_999;

const newFolder = () => mkdtempSync(join(tmpdir(), "run-folder-"));

/** A cache with one earlier run for each process id, the n-th on the n-th of January. */
function cacheWith(...pids: number[]) {
  const cache = newFolder();
  const names = pids.map((pid, index) => `2026-01-${String(index + 1).padStart(2, "0")}T101500-1-${pid}`);
  for (const name of names)
    for (const folder of ["logs", "state", "templates"]) {
      mkdirSync(join(cache, "runs", name, folder), { recursive: true });
      writeFileSync(join(cache, "runs", name, folder, "file"), "");
    }
  return { cache, names, runs: () => readdirSync(join(cache, "runs")) };
}

describe("createRunFolder", () => {
  it("makes folders for logs, state and templates, and takes all but the logs away again", () => {
    const folder = createRunFolder(newFolder(), undefined);
    for (const made of [folder.state, folder.templates]) writeFileSync(join(made, "file"), "");
    expect(folder.keepsState).toBe(false);
    folder.discardState();
    expect([folder.logs, folder.state, folder.templates].map(existsSync)).toEqual([true, false, false]);
  });

  it("makes other folders at each call, in the same second too", () => {
    const cache = newFolder();
    const made = Array.from({ length: 3 }, () => createRunFolder(cache, undefined).logs);
    expect(new Set(made).size).toBe(3);
  });

  it("removes state and templates of runs whose process has ended, and keeps their logs", () => {
    const { cache, names } = cacheWith(deadPid, deadPid);
    createRunFolder(cache, undefined);
    for (const name of names) {
      for (const gone of ["state", "templates"]) expect(existsSync(join(cache, "runs", name, gone))).toBe(false);
      expect(existsSync(join(cache, "runs", name, "logs/file"))).toBe(true);
    }
  });

  it("leaves a run alone whose process still runs, however old it is", () => {
    const { cache, names } = cacheWith(process.pid, ...Array(12).fill(deadPid));
    createRunFolder(cache, undefined);
    for (const folder of ["state", "templates", "logs"])
      expect(existsSync(join(cache, "runs", names[0] ?? "", folder, "file"))).toBe(true);
  });

  it("keeps the logs of the latest ten runs that have ended", () => {
    const { cache, names, runs } = cacheWith(...Array(13).fill(deadPid));
    const folder = createRunFolder(cache, undefined);
    const present = runs().filter((name) => !folder.logs.includes(name));
    expect(present.sort()).toEqual(names.slice(3));
  });

  it("keeps the state in the user's own folder and never removes it", () => {
    const data = newFolder();
    writeFileSync(join(data, "file"), "");
    const cache = newFolder();
    const folder = createRunFolder(cache, data);
    expect(folder).toMatchObject({ state: data, keepsState: true });
    folder.discardState();
    createRunFolder(cache, data);
    expect(readdirSync(data)).toEqual(["file"]);
  });

  it("makes the user's folder where there is none", () => {
    const data = join(newFolder(), "deep/data");
    createRunFolder(newFolder(), data);
    expect(existsSync(data)).toBe(true);
  });
});

describe("runningClientFiles", () => {
  it("names the client file of each run whose process runs, until the run ends", () => {
    const { cache, names } = cacheWith(deadPid);
    writeFileSync(join(cache, "runs", names[0] ?? "", "client.properties"), "");
    const [without, running] = [createRunFolder(cache, undefined), createRunFolder(cache, newFolder())];
    writeFileSync(running.clientFile, "");
    expect(without.clientFile).not.toBe(running.clientFile);
    expect(runningClientFiles(cache)).toEqual([running.clientFile]);
    running.discardState();
    expect(runningClientFiles(cache)).toEqual([]);
  });

  it("is taken away from a run that was killed", () => {
    const { cache, names } = cacheWith(deadPid);
    const left = join(cache, "runs", names[0] ?? "", "client.properties");
    writeFileSync(left, "");
    createRunFolder(cache, undefined);
    expect(existsSync(left)).toBe(false);
  });

  it("finds nothing where nothing was ever started", () => {
    expect(runningClientFiles(newFolder())).toEqual([]);
  });
});
