import { expect, test } from "vitest";
import { lanesOf, type Ordering } from "../../../shared/processing/lanes.ts";
import { identityOf } from "../../../shared/processing/record.ts";
import { decoded } from "./run-batch.ts";

const records = [
  decoded({ id: "a1", key: "a" }),
  decoded({ id: "a2", key: "a" }),
  decoded({ id: "b1", key: "b" }),
  decoded({ id: "n1", key: null }),
  decoded({ id: "n2", key: null }),
  decoded({ id: "A1", key: "a", partition: 1 }),
];

test.each<[Ordering, string[]]>([
  ["key", ["a1 a2", "A1", "b1", "n1", "n2"]],
  ["partition", ["a1 a2 b1 n1 n2", "A1"]],
  ["none", ["a1", "A1", "a2", "b1", "n1", "n2"]],
])("ordering by %s: one lane for what keeps its order, partitions in turn", (ordering, expected) => {
  const lanes = lanesOf(records, ordering).map((lane) => lane.map((record) => identityOf(record)?.id).join(" "));
  expect(lanes).toEqual(expected);
});

test("keys are told apart by their bytes", () => {
  const [one, other] = [decoded({ id: "1" }), decoded({ id: "2" })].map((record, index) => ({
    ...record,
    source: { ...record.source, key: Buffer.from([0xc3, 0x28 + index]) },
  }));
  expect(one && other && lanesOf([one, other], "key")).toHaveLength(2);
});
