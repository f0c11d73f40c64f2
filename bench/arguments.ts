import { parseArgs } from "node:util";
import * as v from "valibot";
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
  --rounds N       paired rounds, 15 to 1000 (default 21)
  --help           print this
`;

export const benchNames = ["decode", "cold-start", "exactly-once", "orders", "order-latency"] as const;

export interface Arguments {
  /** Absent when help is asked for. */
  readonly bench?: (typeof benchNames)[number];
  readonly json: boolean;
  /** Records a batch; at least one. */
  readonly batches: readonly number[];
  readonly rounds: number;
  readonly ordersFile: string;
  readonly seconds: number;
}

const wholeNumber = (least: number, most: number) =>
  v.pipe(v.string(), v.digits(), v.transform(Number), v.minValue(least), v.maxValue(most));

/** @throws BackboneError INVALID_OPTIONS naming what is wrong and what is allowed */
export function parseArguments(args: readonly string[]): Arguments {
  const { values, positionals } = parse(args);
  const [name, ...more] = positionals;
  const rounds = checked("--rounds", wholeNumber(15, 1000), values.rounds, "a whole number from 15 to 1000");
  const seconds = checked("--seconds", wholeNumber(6, 600), values.seconds, "a whole number from 6 to 600");
  const given = { json: values.json, rounds, ordersFile: values.orders, seconds };
  if (values.help) return { ...given, batches: [] };
  const bench = checked("NAME", v.picklist(benchNames), name, benchNames.join(" or "));
  if (values.batch === undefined ? more.length > 0 : bench !== "decode") {
    throw new BackboneError("INVALID_OPTIONS", `${more[0] ?? "--batch"} does not go with ${bench}`);
  }
  const batches = [...(values.batch ?? ["1000", "100"]), ...more].map((size) =>
    checked("--batch", wholeNumber(1, 10_000), size, "whole numbers from 1 to 10000"),
  );
  return { ...given, bench, batches };
}

function checked<T>(what: string, schema: v.GenericSchema<unknown, T>, value: unknown, allowed: string): T {
  const result = v.safeParse(schema, value);
  if (result.success) return result.output;
  throw new BackboneError("INVALID_OPTIONS", `${what} ${value ?? "is missing"}: has to be ${allowed}`);
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        json: { type: "boolean", default: false },
        batch: { type: "string", multiple: true },
        orders: { type: "string", default: "examples/orders.csv" },
        seconds: { type: "string", default: "30" },
        rounds: { type: "string", default: "21" },
        help: { type: "boolean", default: false },
      },
    });
  } catch (cause) {
    throw new BackboneError("INVALID_OPTIONS", cause instanceof Error ? cause.message : String(cause), { cause });
  }
}
