import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { type GuardedProcess, startGuarded } from "../../../../local/parts/guarded-process.ts";
import { isAlive } from "../processes.ts";

const started: GuardedProcess[] = [];
afterEach(() => Promise.all(started.splice(0).map((one) => one.stop())));

const newLogFile = () => join(mkdtempSync(join(tmpdir(), "guarded-")), "process.log");
const linesOf = (logFile: string) => readFileSync(logFile, "utf8").trim().split("\n");

/** Prints its process id, and runs until something ends it. */
const lasting = "setInterval(() => {}, 1000); console.log(process.pid);";

/** The process id that the process has printed. */
const pidIn = (logFile: string) =>
  vi.waitFor(() => {
    const pid = Number(linesOf(logFile)[0]);
    expect(pid).toBeGreaterThan(0);
    return pid;
  }, 10_000);

function start(script: string, graceSeconds?: number) {
  const logFile = newLogFile();
  const guarded = startGuarded({
    command: process.execPath,
    args: ["-e", script],
    env: { PATH: process.env.PATH, GREETING: "hello" },
    logFile,
    ...(graceSeconds === undefined ? {} : { graceSeconds }),
  });
  started.push(guarded);
  return { guarded, logFile };
}

describe("a guarded process", () => {
  it("writes its output and errors to the log, has its own environment, and tells its exit code", async () => {
    const { guarded, logFile } = start(
      'console.log(process.env.GREETING, process.env.HOME); console.error("oh"); process.exitCode = 4;',
    );
    expect(await guarded.exited).toEqual({ code: 4, signal: null });
    expect(linesOf(logFile)).toEqual(["hello undefined", "oh"]);
  });

  it("gets TERM when it is stopped, and time to end by itself", async () => {
    const { guarded, logFile } = start(
      `process.on("SIGTERM", () => { console.log("tidied up"); process.exit(0); }); ${lasting}`,
      20,
    );
    const pid = await pidIn(logFile);
    await guarded.stop();
    expect(await guarded.exited).toEqual({ code: 0, signal: null });
    expect(linesOf(logFile)).toEqual([String(pid), "tidied up"]);
  });

  it("gets KILL when it has not ended after the grace period", async () => {
    const { guarded, logFile } = start(`process.on("SIGTERM", () => console.log("ignored")); ${lasting}`, 3);
    const pid = await pidIn(logFile);
    await guarded.stop();
    expect(await guarded.exited).toEqual({ code: 137, signal: null });
    expect(linesOf(logFile)).toContain("ignored");
    expect(isAlive(pid)).toBe(false);
  });

  it("gets KILL at once without a grace period", async () => {
    const { guarded, logFile } = start(`process.on("SIGTERM", () => {}); ${lasting}`);
    const pid = await pidIn(logFile);
    await guarded.stop();
    expect(isAlive(pid)).toBe(false);
  });

  it("can be stopped twice, and after it has ended", async () => {
    const { guarded } = start(lasting);
    await Promise.all([guarded.stop(), guarded.stop()]);
    await expect(guarded.stop()).resolves.toBeUndefined();
  });

  it("ends with its starter when that is killed with -9", async () => {
    const logFile = newLogFile();
    const guardedProcess = new URL("../../../../local/parts/guarded-process.ts", import.meta.url);
    const script = `${logFile}.starter.mjs`;
    writeFileSync(
      script,
      `import { startGuarded } from ${JSON.stringify(guardedProcess.href)};
       startGuarded(${JSON.stringify({ command: process.execPath, args: ["-e", lasting], env: {}, logFile })});`,
    );
    const starter = spawn(process.execPath, [script], { stdio: "ignore" });
    const starterEnded = once(starter, "exit");
    await vi.waitFor(() => linesOf(logFile), 10_000);
    const pid = await pidIn(logFile);
    expect(isAlive(pid)).toBe(true);
    starter.kill("SIGKILL");
    await starterEnded;
    await vi.waitFor(() => expect(isAlive(pid)).toBe(false), 10_000);
  });
});
