import { expect, test } from "vitest";
import { emfLine } from "../../../shared/metrics/index.ts";

test("is one line whose root has the members that the metadata names", () => {
  const line = emfLine({
    namespace: "Shop",
    timestamp: new Date(1_574_109_732_004),
    dimensions: { Service: "a\nb" },
    metrics: [{ name: "Time", unit: "Milliseconds", value: 1.5 }],
  });
  expect(line).not.toContain("\n");
  expect(JSON.parse(line)).toEqual({
    _aws: {
      Timestamp: 1_574_109_732_004,
      CloudWatchMetrics: [
        { Namespace: "Shop", Dimensions: [["Service"]], Metrics: [{ Name: "Time", Unit: "Milliseconds" }] },
      ],
    },
    Service: "a\nb",
    Time: 1.5,
  });
});
