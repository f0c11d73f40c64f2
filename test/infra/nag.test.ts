import { Validations } from "aws-cdk-lib";
import { AwsSolutionsChecks, ServerlessChecks } from "cdk-nag";
import { beforeEach, expect, test, vi } from "vitest";
import { defineBackbone } from "../../infra/backbone.ts";
import { stageConfig, stageNames } from "../../infra/config.ts";
import { access, appWithoutBundling } from "./backbone.ts";

beforeEach(() => {
  vi.stubEnv("CDK_VALIDATION", "true"); // the other tests do without CloudFormation's rules
});

test.each(stageNames)(
  "%s leaves no finding of AwsSolutions and Serverless without a reason, and none of CloudFormation's rules",
  (stage) => {
    const app = appWithoutBundling();
    defineBackbone(app, { config: stageConfig(stage), access });
    Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new ServerlessChecks(app));

    expect(() => app.synth()).not.toThrow();
  },
);
