import { describe, expect, test } from "vitest";
import { countOutcomes, type RecordOutcome } from "../../../shared/processing/index.ts";
import { decoded } from "./run-batch.ts";

const [a, b] = [decoded({ id: "a" }), decoded({ id: "b" })];
const processed = (record: typeof a): RecordOutcome => ({ record, status: "processed" });

describe("countOutcomes", () => {
  test("counts each record once", () => {
    const counts = countOutcomes([a, b], [processed(a), { record: b, status: "duplicate" }]);
    expect(counts).toEqual({ processed: 1, duplicate: 1, deadLettered: 0, unfinished: 0 });
  });

  test.each([
    ["a record without an outcome", [processed(a)]],
    ["a record with two outcomes", [processed(a), processed(a)]],
    ["an outcome of another batch", [processed(a), processed(b), processed(decoded({ id: "c" }))]],
  ])("throws for %s", (_name, outcomes) => {
    expect(() => countOutcomes([a, b], outcomes)).toThrow(/the accounting does not add up: 2 records/);
  });
});
