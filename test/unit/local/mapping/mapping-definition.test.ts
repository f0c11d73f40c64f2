import { describe, expect, it } from "vitest";
import { defineMapping } from "../../../../local/mapping/mapping-definition.ts";
import { createResolver } from "../../../../local/template/resolve.ts";
import { assemblyOf, resourceOf, stackOf } from "../../../fixtures/templates.ts";

const valid = {
  EventSourceArn: "arn:aws:kafka:r:a:cluster/c/u",
  FunctionName: "inventory",
  Topics: ["order-events"],
  AmazonManagedKafkaEventSourceConfig: { ConsumerGroupId: "inventory" },
  StartingPosition: "TRIM_HORIZON",
};

function define(properties: Record<string, unknown>) {
  const stack = stackOf("services", { Mapping: { Type: "AWS::Lambda::EventSourceMapping", Properties: properties } });
  return defineMapping(resourceOf(stack, "Mapping"), createResolver(assemblyOf(stack), new Map()));
}

describe("defineMapping", () => {
  it("fills in Lambda's defaults", () => {
    expect(define(valid)).toMatchObject({
      batchSize: 100,
      windowMs: 500,
      reportsBatchItemFailures: false,
      enabled: true,
    });
  });

  it.each([
    ["a property that the runner does not carry out", { FilterCriteria: {} }, /FilterCriteria/],
    ["a batch size out of bounds", { BatchSize: 10_001 }, /BatchSize/],
    ["a window out of bounds", { MaximumBatchingWindowInSeconds: 301 }, /MaximumBatchingWindowInSeconds/],
    [
      "a partial batch response without provisioned mode",
      { FunctionResponseTypes: ["ReportBatchItemFailures"] },
      /needs ProvisionedPollerConfig/,
    ],
  ])("refuses %s", (_, properties, message) => {
    expect(() => define({ ...valid, ...properties })).toThrow(message);
  });
});
