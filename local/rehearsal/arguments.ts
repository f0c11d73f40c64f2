import { stageNames } from "../../infra/config.ts";
import { BackboneError } from "../../shared/errors.ts";
import { readCommandLine } from "../command-line/read-command-line.ts";

export const usage = `npm run rehearse-deploy -- [options]

Deploys and updates every stage into an AWS account that is a process of this machine (moto), after cfn-lint has looked
at the templates. Needs Python 3.11 to 3.14, and PyPI the first time; no AWS credentials.

  --stage NAME   only that stage; may be given several times (default all: ${stageNames.join(", ")})
  --help         print this

Exit code: 0 rehearsed, 1 something would fail or be lost, 2 wrong arguments or a missing prerequisite.
`;

/** @throws BackboneError INVALID_OPTIONS naming what is wrong and what is allowed */
export function parseArguments(args: readonly string[]): {
  readonly help: boolean;
  readonly stages: readonly string[];
} {
  const options = { stage: { type: "string", multiple: true }, help: { type: "boolean" } } as const;
  const { help = false, stage = stageNames } = readCommandLine(args, { options }).values;
  const unknown = stage.find((name) => !stageNames.includes(name));
  if (unknown === undefined) return { help, stages: [...new Set(stage)] };
  throw new BackboneError("INVALID_OPTIONS", `--stage ${unknown}: has to be one of ${stageNames.join(", ")}`);
}
