import { describe, expect, it } from "vitest";
import { contenders, ratioNames } from "../../../bench/exactly-once/contenders.ts";
import { figuresOf, type MeasuredCell, tableOf } from "../../../bench/exactly-once/figures.ts";

const usage = { requests: 30, writeUnits: 40, readUnits: 5, cancelled: 1, records: 10 };

function cell(workload: "distinct" | "orders", latencyMs: number, rates: readonly (readonly number[])[]): MeasuredCell {
  return {
    workload,
    latencyMs,
    rates: new Map(contenders.map(({ name }, index) => [name, rates[index] ?? []])),
    used: new Map(contenders.map(({ name }) => [name, usage])),
  };
}

const beside = cell("orders", 2, [[3], [3], [3], [3]]);
const first = cell("distinct", 2, [
  [10, 60, 20],
  [10, 10, 10],
  [5, 5, 5],
  [1, 1, 1],
]);
const headline = { workload: "distinct", latencyMs: 2 } as const;

describe("figuresOf", () => {
  it("gives the headline's ratios as medians of the paired rounds, and every cell's beside", () => {
    const { ratios, ratiosBeside } = figuresOf([beside, first], headline);
    expect(ratios).toEqual({ overPowertoolsParallel: 2, overPowertoolsOrdered: 4, overPowertoolsPartitions: 20 });
    expect(
      ratiosBeside.map(({ workload, overPowertoolsParallel }) => [workload, overPowertoolsParallel.median]),
    ).toEqual([
      ["orders", 1],
      ["distinct", 2],
    ]);
  });

  it("gives requests and capacity a record", () => {
    const { results } = figuresOf([first], headline);
    expect(results[1]).toMatchObject({
      name: ratioNames.overPowertoolsParallel,
      workload: "distinct",
      latencyMs: 2,
      recordsPerSecond: 10,
      requestsPerRecord: 3,
      wcuPerRecord: 4,
      rcuPerRecord: 0.5,
      cancelledTransactionsPerRecord: 0.1,
    });
  });

  it("does not do without the headline", () => {
    expect(() => figuresOf([beside], headline)).toThrow("distinct at 2 ms was not measured");
  });
});

describe("tableOf", () => {
  it("says how many times each rival we are, and not ourselves", () => {
    expect(tableOf(first).rows.map((row) => row.at(-1))).toEqual(["", "2.00", "4.00", "20.00"]);
  });
});
