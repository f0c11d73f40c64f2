import { existsSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { BackboneError } from "../shared/errors.ts";
import { readCommandLine, wholeNumber } from "./command-line/read-command-line.ts";
import { defaultStage } from "./template/synthesize.ts";

export const usage = `npm start -- [options]

Brings up the local backbone and serves POST http://127.0.0.1:3000/orders until ctrl-c.

  --orders FILE.csv   post the orders of a file, wait until each is accounted for, print the summary
  --exit              stop when the orders are accounted for; exit code 0 only if nothing is lost or doubled
  --json              print the summary as one JSON object, and nothing else, on standard output
  --repeat N          post the file's orders N times, each time under ids of their own (default 1)
  --stage NAME        the stage whose templates run: dev, prod or one of infra/config.ts (default prod)
  --data DIR          keep the state in DIR; without it each start is fresh
  --free-ports        take free ports instead of 3000 (API), 9096 (Kafka), 8081 (registry), 8000 (DynamoDB)
  --help              print this
`;

export interface Arguments {
  readonly help: boolean;
  readonly ordersFile: string | undefined;
  readonly exit: boolean;
  readonly json: boolean;
  readonly repeat: number;
  readonly stage: string;
  readonly dataFolder: string | undefined;
  readonly freePorts: boolean;
}

const options = {
  orders: { type: "string" },
  exit: { type: "boolean", default: false },
  json: { type: "boolean", default: false },
  repeat: { type: "string", default: "1" },
  stage: { type: "string", default: defaultStage },
  data: { type: "string" },
  "free-ports": { type: "boolean", default: false },
  help: { type: "boolean", default: false },
} as const;

/** @throws BackboneError INVALID_OPTIONS naming what is wrong and what is allowed */
export function parseArguments(args: readonly string[]): Arguments {
  const { values, given } = readCommandLine(args, { options });
  const repeat = wholeNumber("--repeat", values.repeat, 1, 1_000_000);
  for (const name of ["exit", "json", "repeat"])
    if (values.orders === undefined && given.includes(name))
      throw new BackboneError("INVALID_OPTIONS", `--${name} goes with --orders FILE.csv`);
  return {
    help: values.help,
    ordersFile: values.orders,
    exit: values.exit,
    json: values.json,
    repeat,
    stage: values.stage,
    dataFolder: dataFolderOf(values.data),
    freePorts: values["free-ports"],
  };
}

/** The folder's absolute path; it may not be there yet. */
function dataFolderOf(folder: string | undefined): string | undefined {
  if (folder === undefined) return undefined;
  const path = resolve(folder);
  if (existsSync(path) && !statSync(path).isDirectory())
    throw new BackboneError("INVALID_OPTIONS", `--data ${folder}: has to be a folder, or a path where one can be made`);
  return path;
}
