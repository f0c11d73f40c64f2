import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { onInterruption } from "../../../../local/command-line/on-interruption.ts";

const before = process.listeners("SIGHUP");
let now = 1_000;
const exit = vi.fn<(code?: number) => void>();

beforeEach(() => {
  exit.mockClear();
  vi.spyOn(performance, "now").mockImplementation(() => now);
  vi.spyOn(process, "exit").mockImplementation((code) => exit(Number(code)) as never);
});
afterEach(() => {
  vi.restoreAllMocks();
  for (const listener of process.listeners("SIGHUP")) {
    if (!before.includes(listener)) process.removeListener("SIGHUP", listener);
  }
});

test("one ctrl-c that comes twice is one, and asking again ends at once with 130", () => {
  const interrupted = vi.fn();
  onInterruption(["SIGHUP"], interrupted);

  process.emit("SIGHUP");
  now += 20;
  process.emit("SIGHUP");
  expect(interrupted).toHaveBeenCalledTimes(1);
  expect(exit).not.toHaveBeenCalled();

  now += 1_000;
  process.emit("SIGHUP");
  expect(exit).toHaveBeenCalledWith(130);
  expect(interrupted).toHaveBeenCalledTimes(1);
});
