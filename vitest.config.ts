import { mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { defineConfig } from "vitest/config";

// The tests compare what the programs print; colours forced upon the run are not part of it.
delete process.env.FORCE_COLOR;

// Whatever the tests, and the processes that they start, put into the system's temporary folder goes with the run.
const temporary = mkdtempSync(join(tmpdir(), "test-run-"));
process.env.TMPDIR = temporary;
// With retries: what a run that is interrupted has started may still be writing.
process.once("exit", () => rmSync(temporary, { recursive: true, force: true, maxRetries: 10 }));

// Nothing here is timed: these end what hangs. A backbone alone on one core starts in 90 s, and several start side by side.
const onRealParts = { testTimeout: 300_000, hookTimeout: 600_000 };

export default defineConfig({
  test: {
    // Files wait as much as they work: for processes that start, for windows and outages that pass. Each of those that
    // start a backbone takes about 1 GB.
    maxWorkers: Math.min(availableParallelism(), 3) + 1,
    // CloudFormation's rules take seconds to load in each process: nag.test.ts alone checks the templates against them.
    env: { CDK_VALIDATION: "false" },
    projects: [
      {
        test: {
          name: "unit",
          include: ["test/unit/**/*.test.ts", "test/contract/**/*.test.ts"],
          testTimeout: 20_000,
          hookTimeout: 20_000,
        },
      },
      {
        test: {
          name: "infra",
          include: ["test/infra/**/*.test.ts"],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      { test: { name: "fuzz", include: ["test/fuzz/**/*.test.ts"], testTimeout: 120_000 } },
      { test: { name: "real parts", include: ["test/integration/**/*.test.ts"], ...onRealParts } },
      {
        test: {
          name: "integrity",
          include: ["test/integrity/*.test.ts"],
          globalSetup: ["test/integrity/run/figures-setup.ts", "test/integrity/run/global-setup.ts"],
          ...onRealParts,
        },
      },
      {
        test: {
          name: "integrity on the backbone",
          include: ["test/integrity/backbone/*.test.ts"],
          globalSetup: "test/integrity/run/figures-setup.ts",
          ...onRealParts,
        },
      },
    ],
  },
});
