import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { interleavedRounds, pairedRatio, spreadOf } from "../../../bench/rounds.ts";

describe("spreadOf", () => {
  test.each([
    [[3], { median: 3, min: 3, max: 3 }],
    [[9, 1, 5], { median: 5, min: 1, max: 9 }],
    [[10, 2, 4, 8], { median: 6, min: 2, max: 10 }],
    [[0.12345, 100.00049], { median: 50.062, min: 0.123, max: 100 }],
  ])("of %j is %j", (samples, spread) => {
    expect(spreadOf(samples)).toEqual(spread);
  });
});

describe("pairedRatio", () => {
  const samples = new Map([
    ["slow", [2, 40, 9]],
    ["fast", [1, 10, 3]],
  ]);

  test("divides within rounds, and takes the median of the ratios", () => {
    expect(pairedRatio(samples, "slow", "fast")).toEqual({ median: 3, min: 2, max: 4 });
  });

  test("refuses a contender that was not measured", () => {
    expect(() => pairedRatio(samples, "slow", "other")).toThrow("no contender is called other");
  });
});

describe("interleavedRounds", () => {
  const events: string[] = [];

  beforeEach(() => {
    events.length = 0;
    vi.stubGlobal("gc", () => events.push("gc"));
  });

  afterEach(() => {
    vi.unstubAllGlobals();
  });

  const run = (rounds: number, warmUps: number) =>
    interleavedRounds({
      contenders: [{ name: "a" }, { name: "b" }, { name: "c" }],
      rounds,
      warmUps,
      measure: async ({ name }) => events.push(name),
    });

  test("measures every contender once a round, each round beginning with another one, after a collection each", async () => {
    await run(3, 0);
    expect(events.filter((event) => event !== "gc")).toEqual([..."abc", ..."bca", ..."cab"]);
    expect(events.filter((_, index) => index % 2 === 0)).toEqual(Array(9).fill("gc"));
  });

  test("counts no warm-up", async () => {
    const samples = await run(2, 1);
    expect([...samples.values()].map(({ length }) => length)).toEqual([2, 2, 2]);
    expect(events.filter((event) => event !== "gc")).toHaveLength(9);
    expect(samples.get("a")?.[0]).toBeGreaterThan(6);
  });

  test("refuses to measure without a collection in between", async () => {
    vi.stubGlobal("gc", undefined);
    await expect(run(1, 0)).rejects.toThrow("--expose-gc");
  });
});
