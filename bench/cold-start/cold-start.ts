import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Arguments } from "../arguments.ts";
import { circumstances, type Report } from "../report.ts";
import { interleavedRounds, pairedRatio, samplesOf, spreadOf } from "../rounds.ts";
import { bundle } from "./bundle.ts";
import { importMs } from "./import-time.ts";
import { projectFolder } from "./project-folder.ts";

const empty = { name: "empty module", entry: "bench/cold-start/consumers/empty.ts" };
const ours = { name: "ours: inventory", entry: "functions/inventory/handler.ts" };
const powertools = {
  name: "Powertools kafka + batch + idempotency + logger",
  entry: "bench/cold-start/consumers/powertools.ts",
};
const contenders = [
  empty,
  ours,
  powertools,
  {
    name: "Powertools kafka + batch + idempotency + logger + tracer",
    entry: "bench/cold-start/consumers/powertools-tracer.ts",
  },
  { name: "DynamoDB client alone", entry: "bench/cold-start/consumers/dynamodb-client.ts" },
] as const;
const sdk = contenders[4];

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
    const sdkMs = spreadOf(samplesOf(samples, sdk.name)).median;
    const oursOverPowertools = pairedRatio(samples, ours.name, powertools.name);
    const results = bundles.map(({ name, bytes, gzipBytes, startBytes }) => {
      const ms = spreadOf(samplesOf(samples, name));
      const withoutSdkMs = name === ours.name || name.startsWith("Powertools") ? ms.median - sdkMs : undefined;
      return {
        name,
        importMs: ms,
        startKb: kilobytes(startBytes),
        bundleKb: kilobytes(bytes),
        gzipKb: kilobytes(gzipBytes),
        ...(withoutSdkMs !== undefined && { sdkShare: round(sdkMs / ms.median), withoutSdkMs: round(withoutSdkMs) }),
      };
    });
    const columns = ["", "ms median", "min", "max", "without SDK", "KB at start", "KB", "KB gz"];
    const rows = results.map(({ name, importMs, withoutSdkMs, startKb, bundleKb, gzipKb }) => {
      const { median, min, max } = importMs;
      return [
        name,
        ...[median, min, max, withoutSdkMs, startKb, bundleKb, gzipKb].map((figure) => figure?.toFixed(1) ?? ""),
      ];
    });
    return {
      json: {
        bench: "cold-start",
        results,
        ratios: { oursOverPowertools: oursOverPowertools.median },
        ratioSpreads: { oursOverPowertools },
        ...circumstances(rounds, packages),
      },
      tables: [{ title: "cold-start: import in a fresh process", columns, rows }],
      notes: [
        `ours takes ${oursOverPowertools.median.toFixed(2)} of Powertools' time (median of ${rounds} paired rounds)`,
        "the AWS SDK's clients are outside every bundle and imported from node_modules, for all alike; " +
          "without SDK = less the DynamoDB client alone",
        "minified ES modules for Node 24, bundled as they are deployed, run with --enable-source-maps as deployed",
      ],
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function kilobytes(bytes: number): number {
  return Math.round(bytes / 100) / 10;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
