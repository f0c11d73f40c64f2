import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { runGuarded } from "../../../../local/parts/run-guarded.ts";

const env = { PATH: process.env.PATH };

afterEach(() => {
  vi.unstubAllEnvs();
});

describe("runGuarded", () => {
  it("gives the exit code and everything that the command printed", async () => {
    const script = 'console.log(" one"); console.error("two"); process.exitCode = 3;';
    const result = await runGuarded({ command: process.execPath, args: ["-e", script], env });
    expect(result).toEqual({ code: 3, output: "one\ntwo" });
  });

  it("runs the command in the folder that is named", async () => {
    const result = await runGuarded({ command: "pwd", args: [], env, cwd: "/" });
    expect(result).toEqual({ code: 0, output: "/" });
  });

  it("gives 127 and names the command when there is no such one", async () => {
    const { code, output } = await runGuarded({ command: "backbone-no-such-command", args: [], env });
    expect(code).toBe(127);
    expect(output).toContain("backbone-no-such-command");
  });

  it("leaves no file behind", async () => {
    const temporary = mkdtempSync(join(tmpdir(), "run-guarded-"));
    vi.stubEnv("TMPDIR", temporary);
    await runGuarded({ command: "true", args: [], env });
    expect(readdirSync(temporary)).toEqual([]);
  });

  it("leaves no file behind when the program ends in the middle of it", () => {
    const temporary = mkdtempSync(join(tmpdir(), "run-guarded-"));
    const module = new URL("../../../../local/parts/run-guarded.ts", import.meta.url);
    const script = `import { runGuarded } from "${module}";
      void runGuarded({ command: "sleep", args: ["60"], env: process.env });
      process.exit(0);`;
    const leaving = { ...env, TMPDIR: temporary };
    execFileSync(process.execPath, ["--input-type=module-typescript", "--eval", script], { env: leaving });
    expect(readdirSync(temporary)).toEqual([]);
  });
});
