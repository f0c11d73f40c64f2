import { BackboneError } from "../shared/errors.ts";
import { defaultStage } from "./template/synthesize.ts";

/**
 * The stage that a command is for: the one that is named, else that of the running backbone, else prod.
 *
 * @throws BackboneError INVALID_OPTIONS for a stage that there is not, naming those there are
 */
export async function stageOf(named: string | undefined, running?: string): Promise<string> {
  const stage = named ?? running ?? defaultStage;
  if (stage === defaultStage) return stage;
  // Not before: the stages' settings load the CDK.
  const { stageNames } = await import("../infra/config.ts");
  if (stageNames.includes(stage)) return stage;
  throw new BackboneError("INVALID_OPTIONS", `stage ${stage}: has to be one of ${stageNames.join(", ")}`);
}
