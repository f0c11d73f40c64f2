import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Arguments } from "../arguments.ts";
import { circumstances, type Report } from "../report.ts";
import { interleavedRounds, pairedRatio, samplesOf, spreadOf } from "../rounds.ts";
import { bundle, bundleWithSdkOfRuntime } from "./bundle.ts";
import { importMs } from "./import-time.ts";
import { projectFolder } from "./project-folder.ts";

const dynamoDbClient = "bench/cold-start/consumers/dynamodb-client.ts";
const powertoolsEntry = "bench/cold-start/consumers/powertools.ts";
const ours = { name: "ours: inventory", entry: "functions/inventory/handler.ts" };
const powertools = {
  name: "Powertools kafka + batch + idempotency + logger",
  entry: powertoolsEntry,
  bundler: bundleWithSdkOfRuntime,
};
const powertoolsBundledAsOurs = { name: "the same, bundled as ours is", entry: powertoolsEntry };
const contenders = [
  { name: "empty module", entry: "bench/cold-start/consumers/empty.ts" },
  ours,
  powertools,
  powertoolsBundledAsOurs,
  {
    name: "Powertools with its tracer, too",
    entry: "bench/cold-start/consumers/powertools-tracer.ts",
    bundler: bundleWithSdkOfRuntime,
  },
  { name: "DynamoDB client of the runtime alone", entry: dynamoDbClient, bundler: bundleWithSdkOfRuntime },
  { name: "DynamoDB client alone, bundled as ours is", entry: dynamoDbClient },
];

const packages = [
  "@aws-lambda-powertools/batch",
  "@aws-lambda-powertools/idempotency",
  "@aws-lambda-powertools/kafka",
  "@aws-lambda-powertools/logger",
  "@aws-lambda-powertools/tracer",
  "@aws-sdk/client-dynamodb",
  "@middy/core",
  "avsc",
  "esbuild",
];

/** Measures what a consumer's bundle weighs and how long a fresh Node process takes to import it. */
export async function coldStart({ rounds }: Arguments): Promise<Report> {
  const parent = join(projectFolder, "node_modules/.cache");
  mkdirSync(parent, { recursive: true });
  const folder = mkdtempSync(join(parent, "bench-cold-start-"));
  try {
    const bundles = contenders.map((contender) => bundle(contender, folder));
    const measure = ({ file }: { file: string }) => importMs(file);
    const samples = await interleavedRounds({ contenders: bundles, rounds, warmUps: 2, measure });
    const overPowertools = pairedRatio(samples, ours.name, powertools.name);
    const overPowertoolsBundledAsOurs = pairedRatio(samples, ours.name, powertoolsBundledAsOurs.name);
    const results = bundles.map(({ name, bytes, gzipBytes, startBytes }) => ({
      name,
      importMs: spreadOf(samplesOf(samples, name)),
      startKb: kilobytes(startBytes),
      bundleKb: kilobytes(bytes),
      gzipKb: kilobytes(gzipBytes),
    }));
    const columns = ["", "ms median", "min", "max", "KB at start", "KB", "KB gz"];
    const rows = results.map(({ name, importMs: { median, min, max }, startKb, bundleKb, gzipKb }) => [
      name,
      ...[median, min, max, startKb, bundleKb, gzipKb].map((figure) => figure.toFixed(1)),
    ]);
    return {
      json: {
        bench: "cold-start",
        results,
        ratios: {
          overPowertools: overPowertools.median,
          overPowertoolsBundledAsOurs: overPowertoolsBundledAsOurs.median,
        },
        ratioSpreads: { overPowertools, overPowertoolsBundledAsOurs },
        ...circumstances(rounds, packages),
      },
      tables: [{ title: "cold-start: import in a fresh process", columns, rows }],
      notes: [
        `ours takes ${overPowertools.median.toFixed(2)} of Powertools' time, and ` +
          `${overPowertoolsBundledAsOurs.median.toFixed(2)} when that is bundled as ours is (medians of ${rounds} paired rounds)`,
        "Powertools: one file and the AWS SDK of the runtime, as NodejsFunction does by default; ours: the SDK is in the bundle",
        "minified ES modules for Node 24",
      ],
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function kilobytes(bytes: number): number {
  return Math.round(bytes / 100) / 10;
}
