import { defineConfig } from "vitest/config";

// The tests on real parts share two cores with the broker, the registry and DynamoDB: one file at a time.
const onRealParts = { testTimeout: 120_000, hookTimeout: 180_000, fileParallelism: false };

export default defineConfig({
  test: {
    projects: [
      { test: { name: "unit", include: ["test/unit/**/*.test.ts"] } },
      { test: { name: "infra", include: ["test/infra/**/*.test.ts"], testTimeout: 60_000, hookTimeout: 60_000 } },
      { test: { name: "fuzz", include: ["test/fuzz/**/*.test.ts"], testTimeout: 120_000 } },
      { test: { name: "real parts", include: ["test/integration/**/*.test.ts"], ...onRealParts } },
      {
        test: {
          name: "integrity",
          include: ["test/integrity/**/*.test.ts"],
          globalSetup: "test/integrity/run/global-setup.ts",
          ...onRealParts,
        },
      },
    ],
  },
});
