import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";
import { stageConfig } from "../../infra/config.ts";
import { prodBackbone } from "./backbone.ts";

test("stacks are deployed one after the other: network, cluster, topics, registry, services", () => {
  const { network, cluster, access, schemaRegistry, services } = prodBackbone();
  const order = [network, cluster, access, schemaRegistry, services];

  expect(order.map(({ stackName }) => stackName)).toEqual([
    "backbone-prod-network",
    "backbone-prod-cluster",
    "backbone-prod-access",
    "backbone-prod-schema-registry",
    "backbone-prod-services",
  ]);
  order.forEach((stack, index) => {
    const before = order.slice(0, index);
    expect(before.at(-1) === undefined || stack.dependencies.includes(before[index - 1] ?? stack)).toBe(true);
    expect(before).toEqual(expect.arrayContaining(stack.dependencies));
  });
});

test("an unknown stage is refused with those there are", () => {
  expect(() => stageConfig("qa")).toThrow('stage: must be one of dev, prod, got "qa"');
});

test("the app says so in one line, without a stack trace", () => {
  const app = join(import.meta.dirname, "../../infra/app.ts");
  const run = () =>
    execFileSync(process.execPath, [app], {
      env: { PATH: process.env.PATH, CDK_CONTEXT_JSON: JSON.stringify({ stage: "qa" }) },
      stdio: "pipe",
      encoding: "utf8",
    });

  expect(run).toThrow(
    expect.objectContaining({ status: 1, stderr: 'INVALID_OPTIONS: stage: must be one of dev, prod, got "qa"\n' }),
  );
});
