import { Writable } from "node:stream";
import { describe, expect, it } from "vitest";
import { createReport } from "../../../../local/rehearsal/report.ts";

function reporting() {
  let text = "";
  const stream = new Writable({
    write(chunk, _, done) {
      text += String(chunk);
      done();
    },
  });
  return { report: createReport(stream), text: () => text };
}

describe("the report of a rehearsal", () => {
  it("tells that a step went well, what was seen, and how long it took", async () => {
    const { report, text } = reporting();
    expect(await report.step("deployed", async () => ({ seen: "5 stacks", problems: [] }))).toBe(true);
    expect(text()).toMatch(/^ {2}ok {5}\d+\.\d s {2}deployed: 5 stacks\n$/);
  });

  it("tells every problem of a step that failed, below it", async () => {
    const { report, text } = reporting();
    expect(await report.step("cfn-lint", async () => ({ problems: ["E1 one\nline 2", "E2 two"] }))).toBe(false);
    const [step, ...problems] = text().trimEnd().split("\n");
    expect(step).toMatch(/^ {2}FAIL +\d+\.\d s {2}cfn-lint$/);
    expect(problems.map((problem) => problem.trim())).toEqual(["E1 one", "line 2", "E2 two"]);
  });

  it("tells why a step was cut short, and goes on", async () => {
    const { report, text } = reporting();
    const refused = Object.assign(new AggregateError([]), { code: "ECONNREFUSED" });
    expect(await report.step("deployed", () => Promise.reject(refused))).toBe(false);
    expect(await report.step("deployed", () => Promise.reject(new Error("no answer")))).toBe(false);
    expect(text()).toMatch(
      /FAIL .* deployed\n +AggregateError: ECONNREFUSED\n.*FAIL .* deployed\n +Error: no answer\n$/,
    );
  });

  it("aligns the columns of a table", () => {
    const { report, text } = reporting();
    report.table([
      ["stack", "updated"],
      ["a-long-name", "1"],
    ]);
    expect(text()).toBe("  stack        updated\n  a-long-name  1\n");
  });

  it("breaks a long row of words into lines", () => {
    const { report, text } = reporting();
    const words = Array.from({ length: 30 }, (_, index) => `AWS::Service::Type${index}`);
    report.words(words);
    const lines = text().trimEnd().split("\n");
    expect(lines.length).toBeGreaterThan(1);
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThan(120);
    expect(lines.flatMap((line) => line.trim().split(" "))).toEqual(words);
  });
});
