import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { dirname, join } from "node:path";

/**
 * Fills a folder if it is not there yet. What is installed lands beside it first and is renamed, so that an interrupted
 * or a concurrent start never sees half of it.
 */
export async function installOnce(target: string, install: (folder: string) => Promise<void>): Promise<void> {
  if (existsSync(target)) return;
  mkdirSync(dirname(target), { recursive: true });
  clearStaging(target);
  const staging = mkdtempSync(`${target}-`);
  try {
    await install(staging);
    try {
      renameSync(staging, target);
    } catch (error) {
      if (!existsSync(target)) throw error; // otherwise another start was first
    }
  } finally {
    rmSync(staging, { recursive: true, force: true });
  }
}

/** Removes what an install left that was interrupted; one that is at work is younger. */
function clearStaging(target: string): void {
  const hourAgo = Date.now() - 3_600_000;
  for (const name of readdirSync(dirname(target))) {
    const folder = join(dirname(target), name);
    if (!folder.startsWith(`${target}-`)) continue;
    // A concurrent start may end, and with it its folder, at any time.
    const { mtimeMs = hourAgo } = statSync(folder, { throwIfNoEntry: false }) ?? {};
    if (mtimeMs < hourAgo) rmSync(folder, { recursive: true, force: true });
  }
}
