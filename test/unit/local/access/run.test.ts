import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import { WriteStream } from "node:tty";
import { describe, expect, it } from "vitest";
import { usage } from "../../../../local/access/arguments.ts";
import { runAccess } from "../../../../local/access/run.ts";

// The terminal's environment is the test's alone: Node takes colours away under CI, TMUX and others, too.
async function run(args: readonly string[], { terminal }: { readonly terminal?: Record<string, string> } = {}) {
  const stream = () =>
    Object.assign(
      new PassThrough(),
      terminal && { isTTY: true, getColorDepth: () => WriteStream.prototype.getColorDepth(terminal) },
    );
  const [stdout, stderr] = [stream(), stream()] as const;
  const code = await runAccess(args, { stdout, stderr, env: { BACKBONE_CACHE_DIR: "/does/not/exist" } });
  stdout.end();
  stderr.end();
  return { code, out: await text(stdout), err: await text(stderr) };
}

describe("runAccess", () => {
  it("prints the usage where help is asked for", async () => {
    expect(await run(["--help"])).toEqual({ code: 0, out: usage, err: "" });
  });

  it("exits with 2 and one line on standard error for arguments that are wrong", async () => {
    const { code, out, err } = await run(["plan", "--delte"]);
    expect([code, out]).toEqual([2, ""]);
    expect(err).toMatch(/^error --delte: has to be one of --file, .*\n$/);
  });

  it("checks a file without a cluster", async () => {
    expect(await run(["validate"])).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^infra\/access\.yaml is valid/),
    });
    const missing = await run(["validate", "-f", "missing.yaml"]);
    expect(missing).toEqual({
      code: 2,
      out: "",
      err: expect.stringMatching(/^error cannot read the access file missing\.yaml: there is no such file/),
    });
  });

  it("refuses variables of a stage that there is not", async () => {
    const file = join(mkdtempSync(join(tmpdir(), "access-")), "access.yaml");
    writeFileSync(file, "variables: { dve: { partitions: 1 } }\ntopics: {}\n");

    expect(await run(["validate", "-f", file])).toEqual({
      code: 2,
      out: "",
      err: `error ${file}: variables.dve: must be default or dev or prod, got "dve"\n`,
    });
  });

  it("refuses a stage that there is not, rather than read the file without its variables", async () => {
    expect(await run(["validate", "--stage", "qa"])).toEqual({
      code: 2,
      out: "",
      err: "error stage qa: has to be one of dev, prod\n",
    });
  });

  it("says what to do where no local backbone runs", async () => {
    const { code, err } = await run(["plan"]);
    expect([code, err]).toEqual([
      2,
      expect.stringMatching(/no local backbone is running: start one \(npm start\), or/),
    ]);
  });

  it("has colours on a terminal, unless NO_COLOR is set", async () => {
    const red = "\u001b[31merror\u001b[39m ";
    const terminal = { TERM: "xterm-256color" };
    expect((await run(["plan"], { terminal })).err.startsWith(red)).toBe(true);
    expect((await run(["plan"], { terminal: { ...terminal, NO_COLOR: "1" } })).err.startsWith("error ")).toBe(true);
  });
});
