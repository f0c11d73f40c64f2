import { GetCommand } from "@aws-sdk/lib-dynamodb";
import { startLoneDynamoDb } from "../../local/lone-dynamodb.ts";
import type { Arguments } from "../arguments.ts";
import { circumstances, type Report } from "../report.ts";
import { spreadOf } from "../rounds.ts";
import type { Contender } from "./contender.ts";
import { contenders } from "./contenders.ts";
import { type CrashResult, crash } from "./crash.ts";
import { crashTable, figuresOf, type MeasuredCell, tableOf } from "./figures.ts";
import { startLatencyProxyThread } from "./latency-proxy-thread.ts";
import { measureCell } from "./measure.ts";
import { type Clients, createClients } from "./metered-client.ts";
import { claimsTable, freshTables } from "./tables.ts";
import { distinct } from "./workloads/distinct.ts";
import { realOrders } from "./workloads/orders.ts";

const latenciesMs = [0, 2, 5] as const;
/** Where the ratios stand that the bench is known by. */
const headline = { workload: "distinct", latencyMs: 2 } as const;
/** Records of a contender there, over all rounds. */
const headlineRecords = 10_000;
/** Records of a round elsewhere, and of contenders that work one record after the other. */
const besideRecords = 200;
const oneByOneRecords = 40;

const packages = [
  "@aws-lambda-powertools/idempotency",
  "@aws-lambda-powertools/kafka",
  "@aws-sdk/client-dynamodb",
  "@aws-sdk/lib-dynamodb",
  "@middy/core",
];

/**
 * Measures decoding, processing and business writes together on DynamoDB Local, and what a crash does to them. Takes
 * about 15 minutes, most of them for rivals that work one record after the other; says on standard error where it is.
 */
export async function exactlyOnce({ ordersFile, rounds }: Arguments): Promise<Report> {
  const workloads = [distinct, realOrders(ordersFile, besideRecords)];
  // What is compared is not how fast a JVM starts: the database is compiled as a server's would be.
  const database = await startLoneDynamoDb({ jvmFlags: ["-XX:+UseSerialGC"] });
  const direct = createClients({ port: database.port });
  try {
    const cells: MeasuredCell[] = [];
    const roundTripMs: RoundTrip[] = [];
    for (const latencyMs of latenciesMs) {
      const network = await startNetwork(database.port, latencyMs);
      roundTripMs.push({ latencyMs, measured: await measureRoundTrip(network.port, direct) });
      for (const workload of workloads) {
        say(`${workload.name}, ${latencyMs} ms`);
        const recordsOf = recordsIn({ workload: workload.name, latencyMs }, rounds);
        const cell = await measureCell({ contenders, workload, rounds, recordsOf, port: network.port, direct });
        cells.push({ ...cell, workload: workload.name, latencyMs });
      }
      await network.stop();
    }
    say("a crash in the middle of a batch");
    const crashes: CrashResult[] = [];
    for (const contender of contenders) crashes.push(await crash(contender, database.port, direct));
    return reportOf({ cells, crashes, roundTripMs, rounds });
  } finally {
    direct.client.destroy();
    await database.stop();
  }
}

interface RoundTrip {
  readonly latencyMs: number;
  /** Milliseconds of a GetItem, median. */
  readonly measured: number;
}

interface Found {
  readonly cells: readonly MeasuredCell[];
  readonly crashes: readonly CrashResult[];
  readonly roundTripMs: readonly RoundTrip[];
  readonly rounds: number;
}

function reportOf({ cells, crashes, roundTripMs, rounds }: Found): Report {
  const measured = roundTripMs.map((trip) => `${trip.latencyMs} ms: ${trip.measured.toFixed(1)}`).join(", ");
  return {
    json: {
      bench: "exactly-once",
      ...figuresOf(cells, headline),
      crashes,
      roundTripMs,
      ...circumstances(rounds, packages),
    },
    tables: [...cells.map(tableOf), crashTable(crashes)],
    notes: [
      `ratios are medians of ${rounds} paired rounds; each round on fresh tables, checked item by item after it`,
      "all contenders: one DynamoDB Local, one SDK client each with the same settings, the same decisions, a round's " +
        "records in one invocation; decoding is measured, JSON.parse is not",
      `0 ms is without proxy; a GetItem took, in ms, median, at ${measured}`,
      "requests are those on the wire, reads and repetitions too; WCU of a transaction, cancelled ones too, are AWS' " +
        "2 an action and KB, since DynamoDB Local reports 4 a KB of all items together and nothing of cancelled ones",
      "Powertools cannot read the Confluent wire format: it gets the values without their prefix of five bytes; " +
        "what keeps order with it is a loop over the batch, or one over each partition written by hand",
    ],
  };
}

/** Records that a contender takes in a round. */
function recordsIn({ workload, latencyMs }: Pick<MeasuredCell, "workload" | "latencyMs">, rounds: number) {
  const isHeadline = workload === headline.workload && latencyMs === headline.latencyMs;
  return ({ oneByOne }: Contender): number => {
    if (isHeadline) return Math.ceil(headlineRecords / rounds);
    return oneByOne ? oneByOneRecords : besideRecords;
  };
}

async function startNetwork(serverPort: number, latencyMs: number): Promise<{ port: number; stop(): Promise<void> }> {
  if (latencyMs === 0) return { port: serverPort, stop: async () => undefined };
  return startLatencyProxyThread({ serverPort, delayMs: latencyMs / 2 });
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** Median milliseconds of a GetItem of an item that is not there, once DynamoDB Local is warm. */
async function measureRoundTrip(port: number, direct: Clients): Promise<number> {
  await freshTables(direct.client, [claimsTable]);
  const { client, documents } = createClients({ port });
  const samples: number[] = [];
  for (let call = -400; call < 100; call++) {
    const start = performance.now();
    await documents.send(new GetCommand({ TableName: claimsTable.name, Key: { id: "none" } }));
    if (call >= 0) samples.push(performance.now() - start);
  }
  client.destroy();
  return spreadOf(samples).median;
}
