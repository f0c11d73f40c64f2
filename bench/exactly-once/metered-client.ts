import { Agent } from "node:http";
import { DynamoDBClient, TransactionCanceledException } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient, GetCommand } from "@aws-sdk/lib-dynamodb";
import { localRegion } from "../../local/template/resolve.ts";
import { answeredUnits, refusedUnits } from "./capacity.ts";
import type { TableShape } from "./tables.ts";

/** What DynamoDB was asked for. */
export interface Usage {
  /** Requests on the wire: reads, and repetitions by the SDK, too. */
  requests: number;
  writeUnits: number;
  readUnits: number;
  /** Transactions that were cancelled; their units are in `writeUnits`. */
  cancelled: number;
}

export const noUsage = (): Usage => ({ requests: 0, writeUnits: 0, readUnits: 0, cancelled: 0 });

export interface Clients {
  readonly client: DynamoDBClient;
  readonly documents: DynamoDBDocumentClient;
}

export interface ClientOptions {
  readonly port: number;
  /** Counts up with every request. */
  readonly usage?: Usage;
  /** Called with a command's input when its answer has arrived, before whoever sent it hears of it. */
  readonly onAnswer?: (input: object) => void;
}

/** As many as the SDK may have open at once: more than any contender has work for on two cores. */
const maxSockets = 128;
/** DynamoDB Local closes what is idle for 30 s, and while others have their turn nobody may keep what is about to go. */
const idleTimeoutMs = 10_000;
/** Nobody is to fail for waiting in a long queue of its own making. */
const requestTimeoutMs = 60_000;

/** A client of its own for each contender, all with the same settings. */
export function createClients({ port, usage = noUsage(), onAnswer = () => undefined }: ClientOptions): Clients {
  const client = new DynamoDBClient({
    endpoint: `http://127.0.0.1:${port}`,
    region: localRegion,
    credentials: { accessKeyId: "bench", secretAccessKey: "bench" },
    maxAttempts: 2,
    requestHandler: {
      requestTimeout: requestTimeoutMs,
      httpAgent: new Agent({ keepAlive: true, maxSockets, timeout: idleTimeoutMs }),
    },
  });
  client.middlewareStack.add(
    (next) => (args) => next({ ...args, input: { ...args.input, ReturnConsumedCapacity: "TOTAL" } }),
    { step: "initialize", name: "askForCapacity" },
  );
  // Behind the SDK's retries, so that each of them is seen.
  client.middlewareStack.add(
    (next, { commandName = "" }) =>
      async (args) => {
        usage.requests++;
        const units = /^(Batch)?Get/.test(commandName) ? "readUnits" : "writeUnits";
        try {
          const result = await next(args);
          usage[units] += answeredUnits(args.input, result.output);
          onAnswer(args.input);
          return result;
        } catch (error) {
          usage.writeUnits += refusedUnits(args.input, error);
          if (error instanceof TransactionCanceledException) usage.cancelled++;
          throw error;
        }
      },
    { step: "finalizeRequest", name: "meter", priority: "low" },
  );
  return { client, documents: DynamoDBDocumentClient.from(client) };
}

/** Opens all connections: what a client had is closed when it has not been used for some time. */
export async function connectAll({ documents }: Clients, { name, key }: TableShape): Promise<void> {
  const get = () => documents.send(new GetCommand({ TableName: name, Key: { [key]: "none" } }));
  await Promise.all(Array.from({ length: maxSockets }, get));
}
