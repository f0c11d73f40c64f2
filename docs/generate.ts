import { writeFileSync } from "node:fs";
import { exitCodeOf } from "../local/command-line/exit-code.ts";
import { readCommandLine } from "../local/command-line/read-command-line.ts";
import { costPage, costPagePath } from "./generate-cost.ts";
import { errorsPage, errorsPagePath } from "./generate-errors.ts";

const usage = `npm run docs

Writes the pages that are counted or listed from the code: docs/errors.md and docs/cost.md.

  --help   print this
`;

process.exitCode = await exitCodeOf(async () => {
  const { values } = readCommandLine(process.argv.slice(2), { options: { help: { type: "boolean" } } });
  if (values.help === true) {
    process.stdout.write(usage);
    return 0;
  }
  writeFileSync(errorsPagePath, errorsPage());
  writeFileSync(costPagePath, costPage());
  return 0;
});
