import { defineConfig } from "vitest/config";

// The tests compare what the programs print; colours forced upon the run are not part of it.
delete process.env.FORCE_COLOR;

const onRealParts = { testTimeout: 120_000, hookTimeout: 180_000 };

export default defineConfig({
  test: {
    projects: [
      { test: { name: "unit", include: ["test/unit/**/*.test.ts", "test/contract/**/*.test.ts"] } },
      { test: { name: "infra", include: ["test/infra/**/*.test.ts"], testTimeout: 60_000, hookTimeout: 60_000 } },
      { test: { name: "fuzz", include: ["test/fuzz/**/*.test.ts"], testTimeout: 120_000 } },
      {
        test: {
          name: "real parts",
          include: ["test/integration/**/*.test.ts"],
          ...onRealParts,
          // The tests of this project share two cores with the broker, the registry and DynamoDB: one file at a time.
          fileParallelism: false,
        },
      },
      {
        test: {
          name: "integrity",
          include: ["test/integrity/*.test.ts"],
          globalSetup: ["test/integrity/run/figures-setup.ts", "test/integrity/run/global-setup.ts"],
          ...onRealParts,
          // They wait as much as they work, for processes that start and for outages that pass: two files at a time, and
          // after the other projects.
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          name: "integrity on the backbone",
          include: ["test/integrity/backbone/*.test.ts"],
          globalSetup: "test/integrity/run/figures-setup.ts",
          ...onRealParts,
          // Each starts a backbone of its own, from the one folder of synthesized templates.
          fileParallelism: false,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
