import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { Contender } from "./contender.ts";
import { crashRecords, effectsTable, unfinishedExitCode } from "./crash-batch.ts";
import type { Clients } from "./metered-client.ts";
import { claimsTable, freshTables, itemsOf } from "./tables.ts";

const child = fileURLToPath(new URL("crash-child.ts", import.meta.url));
/** Many more than are needed until an expiry of seconds has passed. */
const maxDeliveries = 100;

/** What came of a batch whose function was killed in the middle of it and which was then delivered until it was done. */
export interface CrashResult {
  readonly name: string;
  readonly records: number;
  /** Business writes that had taken effect when the process was killed. */
  readonly effectsAtCrash: number;
  /** Records whose effect happened never, and more than once. */
  readonly lost: number;
  readonly doubled: number;
  /** Deliveries of the batch, the killed one too. */
  readonly deliveries: number;
  /** From the crash until all records were done. */
  readonly secondsToDone: number;
}

/** Kills a contender's process in the middle of a batch, delivers the batch again as a mapping does, counts effects. */
export async function crash({ name }: Contender, port: number, { client, documents }: Clients): Promise<CrashResult> {
  await freshTables(client, [claimsTable, effectsTable]);
  const first = await deliver({ CONTENDER: name, PORT: String(port), CRASH_AFTER: String(crashRecords / 2) });
  if (first.signal !== "SIGKILL") throw new Error(`${name} was not killed: exit code ${first.code}`);
  const effectsAtCrash = sum(await effects());

  const crashedAt = performance.now();
  let deliveries = 1;
  for (let isDone = false; !isDone; deliveries++) {
    if (deliveries > maxDeliveries) throw new Error(`${name} is not done after ${deliveries} deliveries`);
    const { code } = await deliver({ CONTENDER: name, PORT: String(port) });
    if (code !== 0 && code !== unfinishedExitCode) throw new Error(`${name} ended with exit code ${code}`);
    isDone = code === 0;
  }
  const secondsToDone = Math.round((performance.now() - crashedAt) / 100) / 10;
  const counts = await effects();
  return {
    name,
    records: crashRecords,
    effectsAtCrash,
    lost: crashRecords - counts.length,
    doubled: counts.filter((count) => count > 1).length,
    deliveries,
    secondsToDone,
  };

  async function effects(): Promise<number[]> {
    const items = await itemsOf(documents, effectsTable);
    return [...items.values()].map(({ count }) => Number(count));
  }
}

async function deliver(env: Readonly<Record<string, string>>) {
  const delivery = spawn(process.execPath, [child], {
    stdio: ["ignore", "ignore", "inherit"],
    env: { ...process.env, ...env },
  });
  const [code, signal]: (number | string | null)[] = await once(delivery, "exit");
  return { code, signal };
}

const sum = (counts: readonly number[]) => counts.reduce((total, count) => total + count, 0);
