import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { amountOf, fixedCosts, type TemplateResource } from "../../docs/cost-lines.ts";
import { costPage, costPagePath } from "../../docs/generate-cost.ts";

function mapping(minimum?: number, group?: string): TemplateResource {
  const pollers = { MinimumPollers: minimum, ...(group === undefined ? {} : { PollerGroupName: group }) };
  return {
    Type: "AWS::Lambda::EventSourceMapping",
    Properties: minimum === undefined ? {} : { ProvisionedPollerConfig: pollers },
  };
}

const unitsOf = (...resources: TemplateResource[]) =>
  fixedCosts(resources).find(({ what }) => what.startsWith("pollers"))?.factors[0]?.value;

it("docs/cost.md is what `npm run docs` makes of the templates", () => {
  expect(readFileSync(costPagePath, "utf8")).toBe(costPage());
});

describe("fixedCosts", () => {
  it("pays brokers by the hour and their disks by their size", () => {
    const cluster = {
      Type: "AWS::MSK::Cluster",
      Properties: {
        NumberOfBrokerNodes: 3,
        BrokerNodeGroupInfo: {
          InstanceType: "kafka.m7g.large",
          StorageInfo: { EBSStorageInfo: { VolumeSize: 100 } },
        },
      },
    };
    expect(fixedCosts([cluster]).map((line) => amountOf(line).toFixed(2))).toEqual(["446.76", "30.00"]);
  });

  it("pays each metric that a mapping is asked for", () => {
    const metered = {
      Type: "AWS::Lambda::EventSourceMapping",
      Properties: { MetricsConfig: { Metrics: ["EventCount", "KafkaMetrics"] } },
    };
    expect(fixedCosts([metered, mapping()]).map(amountOf)).toEqual([9 * 0.3]);
  });

  it("pays a unit for up to ten pollers, and none on demand", () => {
    expect(unitsOf(mapping(1))).toBe(1);
    expect(unitsOf(mapping(11))).toBe(2);
    expect(unitsOf(mapping())).toBeUndefined();
  });

  it("pays mappings apart unless they are in a group", () => {
    expect(unitsOf(mapping(1), mapping(1))).toBe(2);
    expect(unitsOf(mapping(1, "all"), mapping(1, "all"))).toBe(1);
  });

  it("says which price is missing", () => {
    const cluster = {
      Type: "AWS::MSK::Cluster",
      Properties: { BrokerNodeGroupInfo: { InstanceType: "kafka.x9.large" } },
    };
    expect(() => fixedCosts([cluster])).toThrow("docs/prices.ts has no price for kafka.x9.large");
  });
});
