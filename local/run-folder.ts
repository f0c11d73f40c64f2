import { existsSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";

/** Folders of one start: logs are kept, templates are not, state is not unless --data names a folder for it. */
export interface RunFolder {
  readonly logs: string;
  readonly state: string;
  /** For the templates of this start alone: starts at the same time, of other stages too, do not meet in it. */
  readonly templates: string;
  /** True where the state outlives this start. */
  readonly keepsState: boolean;
  /** Where this start leaves word, for other processes, of how to log in to its Kafka; gone with the state. */
  readonly clientFile: string;
  /** Removes the state, where it is not the user's own folder, the templates and the client file. */
  discardState(): void;
}

const clientFileName = "client.properties";

/** Starts whose logs are kept. */
const keptRuns = 10;

/**
 * Makes the folders of this start in the cache, and clears up after earlier ones: the state that a killed start left
 * behind, and the logs of all but the latest.
 */
export function createRunFolder(cache: string, dataFolder: string | undefined): RunFolder {
  const runs = join(cache, "runs");
  mkdirSync(runs, { recursive: true });
  const ended = readdirSync(runs)
    .filter((name) => !isRunning(Number(name.split("-").at(-1))))
    .sort();
  for (const name of ended)
    for (const left of ["state", "templates", clientFileName])
      rmSync(join(runs, name, left), { recursive: true, force: true });
  for (const name of ended.slice(0, -keptRuns)) rmSync(join(runs, name), { recursive: true, force: true });

  const folder = uniqueFolder(runs);
  const logs = join(folder, "logs");
  const state = dataFolder ?? join(folder, "state");
  const templates = join(folder, "templates");
  const clientFile = join(folder, clientFileName);
  for (const made of [logs, state, templates]) mkdirSync(made, { recursive: true });
  return {
    logs,
    state,
    templates,
    keepsState: dataFolder !== undefined,
    clientFile,
    discardState() {
      for (const gone of [templates, clientFile]) rmSync(gone, { recursive: true, force: true });
      if (dataFolder === undefined) rmSync(state, { recursive: true, force: true });
    },
  };
}

/** The client files of the backbones that run now. */
export function runningClientFiles(cache: string): string[] {
  const runs = join(cache, "runs");
  if (!existsSync(runs)) return [];
  return readdirSync(runs)
    .filter((name) => isRunning(Number(name.split("-").at(-1))))
    .map((name) => join(runs, name, clientFileName))
    .filter((file) => existsSync(file));
}

/** One process may start several backbones, within the same second too. */
function uniqueFolder(runs: string): string {
  const time = new Date().toISOString().slice(0, 19).replaceAll(":", "");
  for (let count = 1; ; count += 1) {
    const folder = join(runs, `${time}-${count}-${process.pid}`);
    if (!existsSync(folder)) return folder;
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it runs, as somebody else.
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
