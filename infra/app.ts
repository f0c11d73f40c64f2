import { join } from "node:path";
import { App } from "aws-cdk-lib";
import { readAccess } from "../shared/access/index.ts";
import { BackboneError } from "../shared/errors.ts";
import { defineBackbone } from "./backbone.ts";
import { stageConfig, stageNames } from "./config.ts";

try {
  const app = new App();
  const config = stageConfig(app.node.tryGetContext("stage") ?? "prod");
  const access = readAccess(join(import.meta.dirname, "access.yaml"), { stage: config.stage, stages: stageNames });
  defineBackbone(app, { config, access });
  app.synth();
} catch (error) {
  if (!(error instanceof BackboneError)) throw error;
  // A wrong setting is the reader's to mend: the message says what and where, a stack trace would bury it.
  process.stderr.write(`${error.code}: ${error.message}\n`);
  process.exitCode = 1;
}
