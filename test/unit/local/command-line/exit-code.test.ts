import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import { expect, it } from "vitest";
import { exitCodeOf } from "../../../../local/command-line/exit-code.ts";
import { BackboneError } from "../../../../shared/errors.ts";

async function failing(error: unknown, failed?: number) {
  const stderr = new PassThrough();
  const code = await exitCodeOf(() => Promise.reject(error), { stderr, ...(failed !== undefined && { failed }) });
  stderr.end();
  return { code, err: await text(stderr) };
}

it("is what the program gives", async () => {
  expect(await exitCodeOf(async () => 130)).toBe(130);
});

it.each(["INVALID_OPTIONS", "PREREQUISITE_MISSING"] as const)("is 2 for %s, told in one line", async (code) => {
  expect(await failing(new BackboneError(code, "--x: has to be y"))).toEqual({
    code: 2,
    err: "error --x: has to be y\n",
  });
});

it("is 1 for another error of the project, or what the program says for it", async () => {
  const error = new BackboneError("KAFKA_UNAVAILABLE", "the cluster at a:1: away");
  expect(await failing(error)).toEqual({ code: 1, err: "error the cluster at a:1: away\n" });
  expect((await failing(error, 2)).code).toBe(2);
});

it("is told with the stack for a fault of the project itself", async () => {
  const { code, err } = await failing(new TypeError("no such thing"));
  expect(code).toBe(1);
  expect(err).toMatch(/^error TypeError: no such thing\n {4}at /);
});

it("shows a terminal no control characters of what the message quotes", async () => {
  const { err } = await failing(new BackboneError("INVALID_OPTIONS", "topic \u001b[2J\u009b, and\nanother line"));
  expect(err).toBe("error topic \\u001b[2J\\u009b, and\nanother line\n");
});
