import { ChildProcess } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import type { GuardedProcess } from "../../../../local/parts/guarded-process.ts";
import { createSupervisor } from "../../../../local/parts/supervisor.ts";
import { BackboneError } from "../../../../shared/errors.ts";

const logFile = join(mkdtempSync(join(tmpdir(), "supervisor-")), "kafka.log");
writeFileSync(logFile, "first line\nno space left on device\n");

/** A part without a process, which ends when it is stopped or when the test says so. */
function fakePart() {
  const { promise: exited, resolve } = Promise.withResolvers<{ code: number | null; signal: null }>();
  const end = () => resolve({ code: 1, signal: null });
  const stop = vi.fn(async () => end());
  const part: GuardedProcess = { process: new ChildProcess(), exited, stop };
  return { part, end, stop };
}

/** Whether `broken` has rejected by now. */
const isBroken = (broken: Promise<never>) =>
  Promise.race([broken.catch(() => true), new Promise<false>((resolve) => setImmediate(resolve, false))]);

describe("a supervisor", () => {
  it("says that a part has ended by itself, with its log and what stands last in it", async () => {
    const supervisor = createSupervisor();
    const { part, end } = fakePart();
    await supervisor.start("kafka", logFile, async () => part);
    expect(await isBroken(supervisor.broken)).toBe(false);
    end();
    const error = await supervisor.broken.catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: "PART_FAILED" });
    expect(String(error)).toContain(`kafka ended by itself; log: ${logFile}`);
    expect(String(error)).toContain("no space left on device");
  });

  it("takes a part that was stopped for no failure, and lets it start again", async () => {
    const supervisor = createSupervisor();
    const [first, second] = [fakePart(), fakePart()];
    await supervisor.start("kafka", logFile, async () => first.part);
    await supervisor.stop("kafka");
    await supervisor.start("kafka", logFile, async () => second.part);
    expect(await isBroken(supervisor.broken)).toBe(false);
    second.end();
    expect(await isBroken(supervisor.broken)).toBe(true);
  });

  it("rejects the start of a part that does not come up, and has nothing to stop then", async () => {
    const supervisor = createSupervisor();
    const start = supervisor.start("kafka", logFile, () => Promise.reject(new Error("was not ready")));
    await expect(start).rejects.toThrow("was not ready");
    await expect(supervisor.stopAll()).resolves.toBeUndefined();
    expect(await isBroken(supervisor.broken)).toBe(false);
  });

  it("stops every part, also one that is still starting", async () => {
    const supervisor = createSupervisor();
    const [running, late] = [fakePart(), fakePart()];
    const { promise: up, resolve: comeUp } = Promise.withResolvers<GuardedProcess>();
    await supervisor.start("dynamodb", logFile, async () => running.part);
    const starting = supervisor.start("kafka", logFile, () => up);
    const stopping = supervisor.stopAll();
    comeUp(late.part);
    await Promise.all([starting, stopping]);
    expect([running.stop, late.stop].map((stop) => stop.mock.calls.length)).toEqual([1, 1]);
    expect(await isBroken(supervisor.broken)).toBe(false);
  });

  it("is broken by what is no process, too", async () => {
    const supervisor = createSupervisor();
    supervisor.fail(new BackboneError("PART_FAILED", "the mapping ended"));
    await expect(supervisor.broken).rejects.toThrow("the mapping ended");
  });
});
