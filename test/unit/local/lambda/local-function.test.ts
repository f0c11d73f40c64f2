import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { createLocalFunction, type LocalFunction } from "../../../../local/lambda/local-function.ts";
import { fakeFunction } from "../fake-function.ts";
import { isAlive } from "../processes.ts";

const functions: LocalFunction[] = [];
afterEach(() => Promise.all(functions.splice(0).map((one) => one.stop())));

/** A local function with a bundle of its own, which is the module's text. */
function functionOf(module: string, settings: { timeoutMs?: number; maxConcurrency?: number } = {}) {
  const folder = mkdtempSync(join(tmpdir(), "function-"));
  const bundle = join(folder, "index.mjs");
  const logFile = join(folder, "function.log");
  writeFileSync(bundle, module);
  const { definition } = fakeFunction(() => ({ ok: true, payload: null }));
  const made = createLocalFunction({
    definition: { ...definition, bundle, timeoutMs: settings.timeoutMs ?? 20_000 },
    environment: { GREETING: "hello" },
    logFile,
    maxConcurrency: settings.maxConcurrency ?? 1,
  });
  functions.push(made);
  return { made, log: () => readFileSync(logFile, "utf8") };
}

/** Does what the event says, and else returns its process id. */
const obedient = `
  export async function handler({ order }) {
    if (order === "exit") process.exit(3);
    if (order === "kill") process.kill(process.pid, "SIGKILL");
    if (order === "hang") await new Promise(() => setInterval(() => {}, 1000));
    if (order === "throw") throw new RangeError("too far");
    return process.pid;
  }`;

const pidOf = async ({ invoke }: LocalFunction) => {
  const result = await invoke({});
  if (!result.ok) throw new Error(result.error.errorMessage);
  return Number(result.payload);
};

describe("a local function", () => {
  it("returns the payload of its handler, which sees its event, context and environment alone", async () => {
    const { made } = functionOf(`
      export const handler = async (event, context) => ({
        event, name: context.functionName, left: context.getRemainingTimeInMillis(),
        greeting: process.env.GREETING, home: process.env.HOME ?? "none",
      });`);
    const result = await made.invoke({ a: [1] });
    const payload = { event: { a: [1] }, name: "fake", left: expect.any(Number), greeting: "hello", home: "none" };
    expect(result).toEqual({ ok: true, payload });
  });

  it("answers null for a handler that returns nothing, and uses its process again", async () => {
    const { made } = functionOf("let count = 0; export const handler = () => { if (count++ > 0) return count; };");
    expect([await made.invoke({}), await made.invoke({})]).toEqual([
      { ok: true, payload: null },
      { ok: true, payload: 2 },
    ]);
  });

  it("answers the error of a handler that throws, writes it to the log, and uses its process again", async () => {
    const { made, log } = functionOf(obedient);
    const before = await pidOf(made);
    const result = await made.invoke({ order: "throw" });
    expect(result).toMatchObject({ ok: false, error: { errorType: "RangeError", errorMessage: "too far" } });
    expect(log()).toContain("RangeError: too far\n    at ");
    expect(await pidOf(made)).toBe(before);
  });

  it("answers Sandbox.Timedout when its time is over, and the next invocation gets a fresh process", async () => {
    const { made } = functionOf(obedient, { timeoutMs: 5_000 });
    const before = await pidOf(made);
    const error = { errorType: "Sandbox.Timedout", errorMessage: "Task timed out after 5.00 seconds" };
    expect(await made.invoke({ order: "hang" })).toEqual({ ok: false, error });
    expect(await pidOf(made)).not.toBe(before);
    await vi.waitFor(() => expect(isAlive(before)).toBe(false), 10_000);
  });

  it.each([
    ["exit", "exit status: 3"],
    ["kill", "exit status: 137"],
  ])("answers Runtime.ExitError when its process ends by %s, and the next invocation works", async (order, how) => {
    const { made } = functionOf(obedient);
    const error = { errorType: "Runtime.ExitError", errorMessage: `Runtime exited with error: ${how}` };
    expect(await made.invoke({ order })).toEqual({ ok: false, error });
    expect(await pidOf(made)).toBeGreaterThan(0);
  });

  it("works after its process was killed between two invocations", async () => {
    const { made } = functionOf(obedient);
    const before = await pidOf(made);
    process.kill(before, "SIGKILL");
    await vi.waitFor(() => expect(made.pids()).toEqual([]), 10_000);
    expect(await pidOf(made)).not.toBe(before);
  });

  it.each([
    ["throws while it is imported", 'throw new TypeError("no region");', "TypeError", /no region/],
    ["is no JavaScript", "export const = ;", "SyntaxError", /./],
    ["exports no such handler", "export const other = 1;", "Error", /exports no function named handler/],
  ])("answers the error of a bundle that %s, each time", async (_, module, errorType, errorMessage) => {
    const { made } = functionOf(module);
    const failed = { ok: false, error: { errorType, errorMessage: expect.stringMatching(errorMessage) } };
    expect(await made.invoke({})).toMatchObject(failed);
    expect(await made.invoke({})).toMatchObject(failed);
    expect(made.pids()).toEqual([]);
  });

  it("never has more processes than its concurrency, and serves every invocation", async () => {
    const { made } = functionOf(obedient, { maxConcurrency: 2 });
    const pids = await Promise.all(Array.from({ length: 8 }, () => pidOf(made)));
    expect(new Set(pids).size).toBe(2);
    expect(made.pids()).toHaveLength(2);
  });

  it("serves what waits also when the process that it waits for crashes", async () => {
    const { made } = functionOf(obedient);
    const results = await Promise.all([made.invoke({ order: "exit" }), made.invoke({}), made.invoke({})]);
    expect(results.map(({ ok }) => ok)).toEqual([false, true, true]);
    expect(made.pids()).toHaveLength(1);
  });

  it("answers Stopped to what waits and to what comes later, and leaves no process when it is stopped", async () => {
    const { made } = functionOf(obedient);
    const hanging = made.invoke({ order: "hang" });
    const waiting = made.invoke({});
    const [pid = 0] = await vi.waitFor(() => {
      const pids = made.pids();
      expect(pids).toHaveLength(1);
      return pids;
    }, 10_000);
    await made.stop();
    expect(isAlive(pid)).toBe(false);
    const stopped = { ok: false, error: { errorType: "Stopped" } };
    expect(await hanging).toMatchObject({ ok: false, error: { errorType: "Runtime.ExitError" } });
    expect(await waiting).toMatchObject(stopped);
    expect(await made.invoke({})).toMatchObject(stopped);
    expect(made.pids()).toEqual([]);
  });
});
