import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough, Readable, Writable } from "node:stream";
import { text } from "node:stream/consumers";
import { expect, test } from "vitest";
import { usage } from "../../../../local/dead-letters/arguments.ts";
import { runDeadLetters } from "../../../../local/dead-letters/run.ts";

const folder = mkdtempSync(join(tmpdir(), "dead-letters-"));
const clientFile = join(folder, "client.properties");
writeFileSync(clientFile, "bootstrap.servers=127.0.0.1:1\n");

async function run(...args: string[]) {
  const [stdin, stdout, stderr] = [Readable.from([]), new PassThrough(), new PassThrough()];
  const env = { BACKBONE_CACHE_DIR: "/does/not/exist" };
  const code = await runDeadLetters(args, { stdin, stdout, stderr, env, interrupted: new AbortController().signal });
  stdout.end();
  stderr.end();
  return { code, out: await text(stdout), err: await text(stderr) };
}

test("the usage is printed where help is asked for", async () => {
  expect(await run("--help")).toEqual({ code: 0, out: usage, err: "" });
});

test("a reader that has read enough and closes the pipe is no error", async () => {
  const closed = () =>
    new Writable({
      write: (_chunk, _encoding, done) => done(Object.assign(new Error("write EPIPE"), { code: "EPIPE" })),
    });
  const [stdout, stderr] = [closed(), closed()];
  const parts = { stdin: Readable.from([]), stdout, stderr, env: {}, interrupted: new AbortController().signal };
  // Node tells of it after the write; without somebody who listens it would end the process.
  const told = new Promise<void>((resolve) => stdout.once("close", resolve));

  expect(await runDeadLetters(["--help"], parts)).toBe(0);

  await told;
  expect(stdout.errored).toMatchObject({ code: "EPIPE" });
});

test.each([
  [["purge"], "COMMAND purge: has to be list, show, redrive or discard"],
  [["list", "--stage", "qa", "-c", clientFile], "stage qa: has to be one of dev, prod"],
  [["list", "-c", folder], `cannot read ${folder}: it is a folder`],
  [["list", "-c", "missing.properties"], "cannot read missing.properties: there is no such file or folder"],
  [
    ["list"],
    "no local backbone is running: start one (npm start), or name a cluster with -c FILE or --bootstrap-servers",
  ],
])("%j are refused in one line, with exit code 2", async (args, message) => {
  expect(await run(...args)).toEqual({ code: 2, out: "", err: `error ${message}\n` });
});
