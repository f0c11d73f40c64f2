import { exitCodeOf } from "../local/command-line/exit-code.ts";
import { type Arguments, type BenchName, parseArguments, usage } from "./arguments.ts";
import { type Report, toText } from "./report.ts";

// A bench loads its rivals, so it is imported when it is asked for.
const benches: Readonly<Record<BenchName, (options: Arguments) => Promise<Report>>> = {
  decode: async (options) => (await import("./decode/decode.ts")).decode(options),
  orders: async (options) => (await import("./orders/orders.ts")).orders(options),
  "order-latency": async (options) => (await import("./order-latency/order-latency.ts")).orderLatency(options),
  "exactly-once": async (options) => (await import("./exactly-once/exactly-once.ts")).exactlyOnce(options),
  "cold-start": async (options) => (await import("./cold-start/cold-start.ts")).coldStart(options),
};

// Exit codes: 0 measured; 1 contenders disagree or one of them broke; 2 wrong arguments or a missing prerequisite.
process.exitCode = await exitCodeOf(async () => {
  const options = parseArguments(process.argv.slice(2));
  if (options.bench === undefined) {
    process.stdout.write(usage);
  } else {
    const report = await benches[options.bench](options);
    process.stdout.write(options.json ? `${JSON.stringify(report.json)}\n` : toText(report));
  }
  return 0;
});
