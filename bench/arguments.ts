import { readCommand, wholeNumber } from "../local/command-line/read-command-line.ts";
import { BackboneError } from "../shared/errors.ts";

export const usage = `npm run bench -- NAME [options]

  decode       MSK event → CloudEvents with Avro data, µs a record, ours and the rivals
  exactly-once decode, engine and business writes on DynamoDB Local, ours and Powertools, at 0, 2 and 5 ms of network
               latency, and a crash in the middle of a batch; about 15 minutes
  orders       POST /orders on the local backbone, orders a second, beside a bare server with the same kafkajs send
  order-latency
               from the 202 of POST /orders to the reservation in GET /orders/{orderId} at 50 orders a second; records a
               second of the outbox relay and of a redrive
  cold-start   cold import and size of a consumer's bundle, ours and the rivals

  --json           print one JSON object, and nothing else, on standard output
  --batch N [N…]   decode: records a batch (default 1000 100); the first is the figure, the others stand beside it
  --orders FILE    orders, exactly-once: the file of the orders (default examples/orders.csv)
  --seconds N      orders, order-latency: seconds of posting (to each server), 6 to 600 (default 30)
  --rounds N       decode, exactly-once, cold-start: paired rounds, 15 to 1000 (default 21)
  --help           print this
`;

const options = {
  json: { type: "boolean", default: false },
  batch: { type: "string", multiple: true },
  orders: { type: "string", default: "examples/orders.csv" },
  seconds: { type: "string", default: "30" },
  rounds: { type: "string", default: "21" },
  help: { type: "boolean" },
} as const;
const optionsOf = {
  decode: ["json", "batch", "rounds"],
  "cold-start": ["json", "rounds"],
  "exactly-once": ["json", "orders", "rounds"],
  orders: ["json", "orders", "seconds"],
  "order-latency": ["json", "seconds"],
} as const satisfies Record<string, readonly (keyof typeof options)[]>;

export type BenchName = keyof typeof optionsOf;

export interface Arguments {
  /** Absent when help is asked for. */
  readonly bench?: BenchName;
  readonly json: boolean;
  /** Records a batch; at least one. */
  readonly batches: readonly number[];
  readonly rounds: number;
  readonly ordersFile: string;
  readonly seconds: number;
}

/** @throws BackboneError INVALID_OPTIONS naming what is wrong and what is allowed */
export function parseArguments(args: readonly string[]): Arguments {
  const { values, command: bench, words } = readCommand(args, { options, word: "NAME", optionsOf });
  const given = {
    json: values.json,
    rounds: wholeNumber("--rounds", values.rounds, 15, 1_000),
    ordersFile: values.orders,
    seconds: wholeNumber("--seconds", values.seconds, 6, 600),
  };
  if (bench === undefined) return { ...given, batches: [] };
  if (values.batch === undefined && words.length > 0) {
    throw new BackboneError("INVALID_OPTIONS", `${words[0]} does not go with ${bench}`);
  }
  const sizes = [...(values.batch ?? ["1000", "100"]), ...words];
  return { ...given, bench, batches: sizes.map((size) => wholeNumber("--batch", size, 1, 10_000)) };
}
