import { PassThrough } from "node:stream";
import { expect, test, vi } from "vitest";
import { ask } from "../../../../local/dead-letters/question.ts";

/** Asks at a terminal where these keys are pressed. */
function answered(keys: string, { signal = new AbortController().signal, onCtrlC = () => {} } = {}) {
  const input = new PassThrough();
  const asked = ask("Go on? ", input, Object.assign(new PassThrough(), { isTTY: true }), { signal, onCtrlC });
  input.write(keys);
  return asked;
}

test.each([
  ["y\r", true],
  ["Yes\r", true],
  ["n\r", false],
  ["\r", false],
  ["\u0004", false],
])("%j is an answer: %s", async (keys, expected) => {
  expect(await answered(keys)).toBe(expected);
});

test("ctrl-c is no answer, it interrupts", async () => {
  const interruption = new AbortController();
  const onCtrlC = vi.fn(() => interruption.abort());

  await expect(answered("\u0003", { signal: interruption.signal, onCtrlC })).rejects.toBe(interruption.signal.reason);

  expect(onCtrlC).toHaveBeenCalledOnce();
});
