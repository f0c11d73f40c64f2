import { Template } from "aws-cdk-lib/assertions";
import { describe, expect, it } from "vitest";
import { defineBackbone } from "../../infra/backbone.ts";
import { stageConfig, stageNames } from "../../infra/config.ts";
import { missedExports, updateEffects } from "../../local/rehearsal/update-effects.ts";
import { updatedTo, updates } from "../../local/rehearsal/updates.ts";
import { access, appWithoutBundling } from "./backbone.ts";

function templatesOf(stage: string, update?: string): object[] {
  const options = updatedTo(update, { config: stageConfig(stage), access });
  return Object.values(defineBackbone(appWithoutBundling(), options)).map((stack) =>
    Template.fromStack(stack).toJSON(),
  );
}

describe.each(stageNames)("the stage %s", (stage) => {
  it("takes every rehearsed update without replacing what holds data", () => {
    const versions = [undefined, ...updates.map(({ name }) => name)].map((name) => templatesOf(stage, name));
    for (const [index, { name }] of updates.entries()) {
      const [before = [], after = []] = versions.slice(index);
      const effects = before.map((template, stack) => updateEffects(template, after[stack] ?? {}));
      expect(
        effects.flatMap(({ problems }) => problems),
        name,
      ).toEqual([]);
      expect(missedExports(before, after), name).toEqual([]);
      expect(Math.max(...effects.map(({ updated }) => updated)), `${name} changes something`).toBeGreaterThan(0);
    }
  });
});
