import { describe, expect, it } from "vitest";
import { stageNames } from "../../../../infra/config.ts";
import { parseArguments, usage } from "../../../../local/rehearsal/arguments.ts";

describe("parseArguments", () => {
  it("rehearses every stage when none is named", () => {
    expect(parseArguments([])).toEqual({ help: false, stages: stageNames });
  });

  it("rehearses a named stage once", () => {
    expect(parseArguments(["--stage", "prod", "--stage", "prod"]).stages).toEqual(["prod"]);
  });

  it("prints its options on request", () => {
    expect(parseArguments(["--help"]).help).toBe(true);
    expect(usage).toContain(`default all: ${stageNames.join(", ")}`);
  });

  it.each([
    [["--stage", "qa"], /--stage qa: has to be one of .*prod/],
    [["--stages", "prod"], /--stages/],
    [["prod"], /prod/],
  ])("refuses %j", (args, message) => {
    expect(() => parseArguments(args)).toThrow(message);
  });
});
