import { join } from "node:path";
import { App } from "aws-cdk-lib";
import { defineBackbone } from "../../infra/backbone.ts";
import { stageConfig, stageNames } from "../../infra/config.ts";
import { readAccess } from "../../shared/access/index.ts";
import { projectFolder } from "../template/synthesize.ts";
import { updatedTo } from "./updates.ts";

// A stage as infra/app.ts defines it, but for what the rehearsed updates up to `-c update=…` have changed.
const app = new App();
const config = stageConfig(app.node.tryGetContext("stage"));
const access = readAccess(join(projectFolder, "infra/access.yaml"), { stage: config.stage, stages: stageNames });
defineBackbone(app, updatedTo(String(app.node.tryGetContext("update")), { config, access }));
app.synth();
