import { expect, it } from "vitest";
import { stageConfig } from "../../../../infra/config.ts";
import { updatedTo } from "../../../../local/rehearsal/updates.ts";
import { access } from "../../../infra/backbone.ts";

function upgraded(kafkaVersion: string): string {
  const config = stageConfig("prod");
  const options = { config: { ...config, cluster: { ...config.cluster, kafkaVersion } }, access };
  return updatedTo("kafka", options).config.cluster.kafkaVersion;
}

it.each([
  ["3.9.x.kraft", "3.10.x.kraft"],
  ["4.2.x.kraft", "4.3.x.kraft"],
])("brings Kafka %s forward, to %s", (version, next) => {
  expect(upgraded(version)).toBe(next);
});

it("refuses a version that has no next one", () => {
  expect(() => upgraded("latest")).toThrow('kafkaVersion: must be like 4.1.x.kraft, got "latest"');
});
