import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { isAlive } from "../unit/local/processes.ts";
import { commandOf, descendantsOf } from "./processes.ts";
import { eventually } from "./running-backbone.ts";

interface Run {
  readonly process: ChildProcess;
  readonly output: () => string;
  /** Code, standard output and everything that was printed, when the process has ended. */
  readonly ended: Promise<{ code: number | null; stdout: string; output: string }>;
}

/** For a start beside other backbones that start: the templates are synthesized each time, and three JVMs begin. */
const startMs = 400_000;

const running: ChildProcess[] = [];
afterEach(() => {
  for (const child of running.splice(0)) if (child.exitCode === null) child.kill("SIGKILL");
});

/** `npm start -- …` as a user calls it, in a process group of its own, as a terminal's job is. */
function npmStart(...args: string[]): Run {
  const child = spawn("npm", ["--silent", "start", "--", ...args], {
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  running.push(child);
  let stdout = "";
  let output = "";
  child.stdout?.on("data", (data) => {
    stdout += data;
    output += data;
  });
  child.stderr?.on("data", (data) => {
    output += data;
  });
  const ended = new Promise<{ code: number | null; stdout: string; output: string }>((resolve) => {
    child.once("close", (code) => resolve({ code, stdout, output }));
  });
  return { process: child, output: () => output, ended };
}

const noneLeft = (pids: readonly number[]) =>
  eventually("no process is left", async () => (pids.some(isAlive) ? undefined : true));

/** Resolves when it prints this; one that ends instead fails the test with what it printed. */
async function printed(run: Run, text: string): Promise<void> {
  let ended = false;
  void run.ended.then(() => {
    ended = true;
  });
  await eventually(
    `it prints ${text}`,
    async () => {
      if (run.output().includes(text)) return true;
      if (ended) throw new Error(`it ended without printing ${text}: ${run.output()}`);
      return undefined;
    },
    startMs,
  );
}

async function ready(run: Run): Promise<number> {
  await printed(run, "ready after");
  const pid = run.process.pid;
  if (pid === undefined) throw new Error("npm has no process id");
  return pid;
}

/** The one of these processes whose command line is so. */
function only(pids: readonly number[], command: RegExp): number {
  const [pid, ...more] = pids.filter((one) => command.test(commandOf(one)));
  if (pid === undefined || more.length > 0) throw new Error(`${more.length + Number(pid !== undefined)} of ${command}`);
  return pid;
}

describe("npm start", { timeout: 3 * startMs }, () => {
  it("feeds a file and prints exactly one object with --json; on the kept state again, and serves on until ctrl-c", async () => {
    const data = mkdtempSync(join(tmpdir(), "backbone-data-"));
    const expected = {
      ordersRead: 24,
      accepted: 14,
      refused: 10,
      processed: 14,
      deadLettered: 0,
      lost: 0,
      duplicated: 0,
      statuses: { ACCEPTED: 0, RESERVED: 14, REJECTED: 0 },
      elapsedMs: expect.any(Number),
    };
    const args = ["--orders", "examples/orders.csv", "--json", "--repeat", "2", "--free-ports", "--data", data];

    const fresh = await npmStart(...args, "--exit").ended;
    expect(fresh.code, fresh.output).toBe(0);
    expect(JSON.parse(fresh.stdout)).toEqual(expected);

    const run = npmStart(...args);
    const pid = await ready(run);
    await printed(run, "elapsedMs");
    const started = descendantsOf(pid);
    expect(started.length).toBeGreaterThan(6);
    process.kill(-pid, "SIGINT"); // the whole group, as a terminal does
    const kept = await run.ended;
    expect(kept.code, kept.output).toBe(0);
    expect(JSON.parse(kept.stdout)).toEqual(expected);
    await noneLeft(started); // as after every end below
  });

  it("leaves no process behind when its own process is killed with -9", async () => {
    const run = npmStart("--free-ports");
    const pid = await ready(run);
    const started = descendantsOf(pid);
    process.kill(only(started, /local\/start\.ts/), "SIGKILL");
    await noneLeft(started);
  });

  it("leaves no process behind when npm is killed with -9", async () => {
    const run = npmStart("--free-ports");
    const pid = await ready(run);
    const started = descendantsOf(pid);
    process.kill(pid, "SIGKILL");
    await noneLeft(started);
  });

  it("stops everything and names the log when a part ends by itself", async () => {
    const run = npmStart("--free-ports");
    const started = descendantsOf(await ready(run));
    // Not the shell that guards it, which has the same words in its command line.
    process.kill(only(started, /^\S*java .* kafka\.Kafka /), "SIGKILL");
    const { code, output } = await run.ended;
    expect(code).toBe(1);
    expect(output).toMatch(/kafka ended by itself; log: .*kafka\.log/);
    await noneLeft(started);
  });
});

describe("npm start with bad input", () => {
  const fileOf = (text: string) => {
    const file = join(mkdtempSync(join(tmpdir(), "orders-")), "orders.csv");
    writeFileSync(file, text);
    return file;
  };

  it.each([
    ["a file that is missing", () => ["--orders", "/nowhere/orders.csv", "--exit"], /there is no such file/],
    ["an empty file", () => ["--orders", fileOf(""), "--exit"], /it is empty/],
    ["a file without the columns", () => ["--orders", fileOf("a,b\n1,2\n"), "--exit"], /columns missing: InvoiceNo/],
    ["an option that there is not", () => ["--ordres", "x.csv"], /--ordres/],
  ])("says what is wrong and exits with 2 before any part is started: %s", async (_, args, message) => {
    const { code, stdout, output } = await npmStart(...args()).ended;
    expect(output).toMatch(message);
    expect(output).not.toContain("starting");
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  });

  it("names a port that is taken, and how to go on", async () => {
    const server = createServer();
    await new Promise<void>((resolve) => {
      server.once("error", () => resolve()); // somebody else has it: as good
      server.listen(3000, "127.0.0.1", () => resolve());
    });
    const { code, output } = await npmStart().ended;
    server.close();
    expect(output).toMatch(/port taken on 127\.0\.0\.1: .*3000 \(api\).*--free-ports/);
    expect(code).toBe(2);
  });
});
