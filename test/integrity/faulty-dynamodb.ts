import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import { listenHere } from "../../local/parts/ports.ts";

/** Stands before DynamoDB Local and answers a share of the requests itself, as DynamoDB does under load. */
export interface FaultyDynamoDb {
  readonly port: number;
  /** Answers of its own, ever, by their name. */
  faults(): Readonly<Record<string, number>>;
  close(): Promise<void>;
}

export interface FaultyDynamoDbOptions {
  readonly dynamoDbPort: number;
  /** Share of the requests, 0 to 1, that it answers itself. */
  readonly share: number;
  /** Numbers from 0 to 1. */
  readonly random: () => number;
}

/** What any request may be answered with. */
const refusals = [
  { name: "ThrottlingException", status: 400 },
  { name: "ProvisionedThroughputExceededException", status: 400 },
  { name: "InternalServerError", status: 500 },
] as const;
/** What a transaction may be cancelled for that says nothing about its conditions. */
const reasons = ["TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"] as const;

/** DynamoDB Local knows neither conflicts nor throttling, so the answers are DynamoDB's by the documentation. */
export async function startFaultyDynamoDb(options: FaultyDynamoDbOptions): Promise<FaultyDynamoDb> {
  const { dynamoDbPort, share, random } = options;
  const counts: Record<string, number> = {};
  /** One after the other, so that a short run has seen each. */
  const nextOf = <T>(all: readonly T[]) => {
    let next = 0;
    return () => all[next++ % all.length] as T;
  };
  const nextRefusal = nextOf(refusals);
  const nextReason = nextOf(reasons);

  function refuse(response: ServerResponse, status: number, name: string, more: object = {}): void {
    response.writeHead(status, { "content-type": "application/x-amz-json-1.0" });
    response.end(JSON.stringify({ __type: `com.amazonaws.dynamodb.v20120810#${name}`, message: name, ...more }));
  }

  function cancel(response: ServerResponse, items: number): void {
    const reason = nextReason();
    counts[reason] = (counts[reason] ?? 0) + 1;
    const culprit = Math.floor(random() * items);
    const CancellationReasons = Array.from({ length: items }, (_, index) =>
      index === culprit ? { Code: reason, Message: reason } : { Code: "None" },
    );
    refuse(response, 400, "TransactionCanceledException", { CancellationReasons });
  }

  async function answer(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = Buffer.concat(await incoming.toArray());
    if (random() < share) {
      const isTransaction = String(incoming.headers["x-amz-target"]).endsWith("TransactWriteItems");
      if (isTransaction && random() < 0.6) return cancel(response, JSON.parse(body.toString()).TransactItems.length);
      const { name, status } = nextRefusal();
      counts[name] = (counts[name] ?? 0) + 1;
      return refuse(response, status, name);
    }
    const { method, url, headers } = incoming;
    const forwarded = request({ host: "127.0.0.1", port: dynamoDbPort, method, path: url, headers }, (answered) => {
      response.writeHead(answered.statusCode ?? 502, answered.headers);
      answered.pipe(response);
    });
    forwarded.on("error", () => response.destroy());
    forwarded.end(body);
  }

  const server = createServer((incoming, response) => void answer(incoming, response));
  return {
    port: await listenHere(server),
    faults: () => counts,
    close() {
      server.closeAllConnections();
      return new Promise((done) => server.close(() => done()));
    },
  };
}
