import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { exitCodeOf } from "../command-line/exit-code.ts";
import { cacheFolder } from "../parts/install.ts";
import { parseArguments, usage } from "./arguments.ts";
import { account, startMoto } from "./moto.ts";
import { installPythonTools } from "./python.ts";
import { rehearse } from "./rehearse.ts";
import { createReport } from "./report.ts";

/** moto keeps accounts of resources; it is no AWS. */
const notRehearsed =
  "permissions, quotas, durations and rollbacks; what functions do, those of custom resources\n" +
  "  included; containers; whether a property's value suits its service, beyond what cfn-lint knows.";

process.exitCode = await exitCodeOf(() => main(process.argv.slice(2)));

async function main(args: readonly string[]): Promise<number> {
  const { help, stages } = parseArguments(args);
  if (help) {
    process.stdout.write(usage);
    return 0;
  }
  const startedAt = performance.now();
  const report = createReport(process.stdout);
  report.line(`Rehearsing the deployment of ${stages.join(" and ")}, all of it on this machine`);
  const { python, versions } = await installPythonTools(
    { cache: cacheFolder(process.env), env: process.env },
    report.line,
  );
  report.line(`${versions}; account ${account} is moto's`);
  report.line();

  const folder = mkdtempSync(join(tmpdir(), "backbone-rehearsal-"));
  // It stays where a message has named what is in it: after a failure, not after ctrl-c.
  const remove = () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  process.once("SIGINT", () => {
    remove();
    process.exit(130);
  });
  const moto = await startMoto({ python, folder });
  try {
    const well = await rehearse({ stages, python, moto, folder, report });
    report.line();
    report.line(`Not rehearsed: ${notRehearsed}`);
    report.line("  Types that moto does not have, deployed as stand-ins that do nothing:");
    report.words(moto.standIns());
    report.line();
    const seconds = `${((performance.now() - startedAt) / 1000).toFixed(0)} s`;
    report.line(
      well
        ? `Rehearsed in ${seconds}.`
        : `Failed after ${seconds}; templates are in ${folder}, what moto printed in ${moto.logFile}`,
    );
    if (well) remove();
    return well ? 0 : 1;
  } finally {
    await moto.stop();
  }
}
