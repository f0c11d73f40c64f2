import { readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { BackboneError } from "../../shared/errors.ts";
import { type GuardedProcess, type GuardedProcessOptions, startGuarded } from "./guarded-process.ts";

export interface PartOptions extends Omit<GuardedProcessOptions, "ipc"> {
  /** Name used in messages, e.g. "Kafka". */
  readonly name: string;
  /** Resolves true once the part serves; false or a rejection means "not yet". */
  readonly ready: () => Promise<boolean>;
  /** @default 180,000: a machine that starts several backbones at once is slow */
  readonly readyTimeoutMs?: number;
}

/**
 * Starts one part and waits until it serves.
 * @throws BackboneError PART_FAILED when the process ends first or is not ready in time; the message has the log's
 *   path and last lines
 */
export async function startPart(options: PartOptions): Promise<GuardedProcess> {
  const part = startGuarded(options);
  const { readyTimeoutMs = 180_000 } = options;
  const deadline = Date.now() + readyTimeoutMs;
  let ended = false;
  void part.exited.then(() => {
    ended = true;
  });
  while (!(await options.ready().catch(() => false))) {
    if (ended) throw failed(options, "ended before it was ready");
    if (Date.now() > deadline) {
      await part.stop();
      throw failed(options, `was not ready after ${readyTimeoutMs / 1000} s`);
    }
    await delay(50);
  }
  return part;
}

/** The error for a part that ended by itself or never served. */
export function failed(part: { readonly name: string; readonly logFile: string }, what: string): BackboneError {
  const lines = readFileSync(part.logFile, "utf8").trimEnd().split("\n").slice(-8);
  return new BackboneError("PART_FAILED", `${part.name} ${what}; log: ${part.logFile}\n  ${lines.join("\n  ")}`);
}

/** True when an HTTP server answers with one of the statuses. */
export async function answers(url: string, statuses: readonly number[]): Promise<boolean> {
  const response = await fetch(url, { signal: AbortSignal.timeout(2_000) });
  await response.body?.cancel();
  return statuses.includes(response.status);
}

/** JVM flags of every part: quick start and small footprint matter here, peak speed does not. */
export const jvmFlags = ["-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"] as const;

/**
 * The same for a part's server, whose classes are kept ready beside its folder: written when it first ends, made anew
 * by the JVM where another Java comes, read at every later start, which it makes shorter (the registry: 4 s instead of 5).
 */
export function serverFlags(partFolder: string): readonly string[] {
  return [...jvmFlags, "-XX:+AutoCreateSharedArchive", `-XX:SharedArchiveFile=${partFolder}.jsa`];
}
