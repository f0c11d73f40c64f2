import { GetCommand } from "@aws-sdk/lib-dynamodb";
import type { Arguments } from "../arguments.ts";
import { circumstances, type Report } from "../report.ts";
import { spreadOf } from "../rounds.ts";
import { contenders } from "./contenders.ts";
import { crash } from "./crash.ts";
import { startDatabase } from "./dynamodb.ts";
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
const besideRecords = 300;
const oneByOneRecords = 60;

const packages = [
  "@aws-lambda-powertools/idempotency",
  "@aws-lambda-powertools/kafka",
  "@aws-sdk/client-dynamodb",
  "@aws-sdk/lib-dynamodb",
  "@middy/core",
];

/** Measures decoding, processing and business writes together on DynamoDB Local, and what a crash does to them. */
export async function exactlyOnce({ ordersFile, rounds }: Arguments): Promise<Report> {
  const workloads = [distinct, realOrders(ordersFile, besideRecords)];
  const database = await startDatabase();
  const direct = createClients({ port: database.port });
  try {
    const cells: MeasuredCell[] = [];
    const roundTripMs: { latencyMs: number; measured: number }[] = [];
    for (const latencyMs of latenciesMs) {
      const proxy =
        latencyMs > 0
          ? await startLatencyProxyThread({ serverPort: database.port, delayMs: latencyMs / 2 })
          : { port: database.port, stop: async () => undefined };
      roundTripMs.push({ latencyMs, measured: await measureRoundTrip(proxy.port, direct) });
      for (const workload of workloads) {
        const isHeadline = workload.name === headline.workload && latencyMs === headline.latencyMs;
        const cell = await measureCell({
          contenders,
          workload,
          rounds,
          port: proxy.port,
          direct,
          recordsOf: ({ oneByOne }) => {
            if (isHeadline) return Math.ceil(headlineRecords / rounds);
            return oneByOne ? oneByOneRecords : besideRecords;
          },
        });
        cells.push({ ...cell, workload: workload.name, latencyMs });
      }
      await proxy.stop();
    }
    const crashes = [];
    for (const contender of contenders) crashes.push(await crash(contender, database.port, direct));
    const { results, ratios, ratioSpreads, ratiosBeside } = figuresOf(cells, headline);
    return {
      json: {
        bench: "exactly-once",
        results,
        ratios,
        ratioSpreads,
        ratiosBeside,
        crashes,
        roundTripMs,
        ...circumstances(rounds, packages),
      },
      tables: [...cells.map(tableOf), crashTable(crashes)],
      notes: [
        `ratios and × are medians of ${rounds} paired rounds; each round on fresh tables, checked item by item after it`,
        "all contenders: one DynamoDB Local, one SDK client each with the same settings, the same decisions, batches in " +
          "one invocation; decoding is measured, JSON.parse is not",
        "0 ms is without proxy; round trips of a GetItem measured: " +
          roundTripMs.map(({ latencyMs, measured }) => `${latencyMs} ms: ${measured}`).join(", "),
        "requests are those on the wire, reads and repetitions too; WCU of a transaction, cancelled ones too, are AWS' " +
          "2 an action and KB, since DynamoDB Local reports 4 a KB of all items together and nothing of cancelled ones",
        "Powertools cannot read the Confluent wire format: it gets the values without their prefix of five bytes; " +
          "what keeps order with it is a loop over the batch, or one over each partition written by hand",
      ],
    };
  } finally {
    direct.client.destroy();
    await database.stop();
  }
}

/** Median milliseconds of a GetItem of an item that is not there. */
async function measureRoundTrip(port: number, direct: Clients): Promise<number> {
  await freshTables(direct.client, [claimsTable]);
  const { client, documents } = createClients({ port });
  const samples: number[] = [];
  for (let call = 0; call < 100; call++) {
    const start = performance.now();
    await documents.send(new GetCommand({ TableName: claimsTable.name, Key: { id: "none" } }));
    samples.push(performance.now() - start);
  }
  client.destroy();
  return spreadOf(samples).median;
}
