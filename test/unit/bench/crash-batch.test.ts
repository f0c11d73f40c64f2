import { describe, expect, it } from "vitest";
import { effectsOf } from "../../../bench/exactly-once/crash-batch.ts";

describe("effectsOf", () => {
  it("counts writes of the effects' table, alone and in transactions, and no others", () => {
    const effect = { TableName: "effects" };
    const claim = { TableName: "claims" };
    expect(effectsOf(effect)).toBe(1);
    expect(effectsOf(claim)).toBe(0);
    expect(
      effectsOf({ TransactItems: [{ Put: claim }, { Update: effect }, { Update: effect }, { Update: claim }] }),
    ).toBe(2);
  });
});
