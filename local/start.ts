import { SingleBar } from "cli-progress";
import { type Arguments, parseArguments, usage } from "./arguments.ts";
import type { Backbone } from "./backbone.ts";
import { exitCodeOf } from "./command-line/exit-code.ts";
import { interruptedCode, onInterruption } from "./command-line/on-interruption.ts";
import { launchBackbone } from "./launch.ts";
import { type OrderBody, readOrders } from "./orders/read-orders.ts";
import { isAsPromised, toJson, toText } from "./orders/report.ts";
import { runOrders } from "./orders/run-orders.ts";
import { stageOf } from "./stage.ts";

// Exit codes: 0 as promised; 1 something is lost, doubled, not settled or broken; 2 wrong arguments, a bad orders file
// or a missing prerequisite; 130 interrupted before the orders were accounted for.
process.exitCode = await exitCodeOf(() => main(process.argv.slice(2)));
// Whatever still holds the event loop, a socket that is being closed, belongs to parts that are stopped by now.
process.exit();

async function main(args: readonly string[]): Promise<number> {
  const options = parseArguments(args);
  if (options.help) {
    process.stdout.write(usage);
    return 0;
  }
  await stageOf(options.stage);
  const orders = options.ordersFile === undefined ? undefined : readOrders(options.ordersFile);
  // With --json standard output is for the one object.
  const say = (line: string) => (options.json ? process.stderr : process.stdout).write(`${line}\n`);
  const interrupted = interruption();
  const backbone = await Promise.race([start(options, say), interrupted]);
  if (backbone === "interrupted") return interruptedCode;
  try {
    const serve = orders === undefined ? undefined : runAndReport(backbone, orders, options, say);
    const code = await Promise.race([serve ?? backbone.broken, backbone.broken, interrupted]);
    // Serving ends with ctrl-c; an orders run that is cut short has shown nothing.
    if (code === "interrupted") return orders === undefined ? 0 : interruptedCode;
    if (options.exit) return code;
    await Promise.race([backbone.broken, interrupted]);
    return code;
  } finally {
    say("stopping");
    await backbone.stop();
  }
}

async function start(
  { stage, freePorts, dataFolder, ordersFile }: Arguments,
  say: (line: string) => void,
): Promise<Backbone> {
  const startedAt = performance.now();
  const backbone = await launchBackbone({ stage, freePorts, dataFolder, say });
  const { url, routes, ports, scramInsteadOfIam, tables, logFolder } = backbone;
  say(`ready after ${((performance.now() - startedAt) / 1000).toFixed(1)} s`);
  for (const route of routes) say(`  ${route.replace(" ", ` ${url}`)}`);
  say(
    `  Kafka 127.0.0.1:${ports.kafka} (SCRAM over TLS), schema registry http://127.0.0.1:${ports.registry}, DynamoDB http://127.0.0.1:${ports.dynamodb}`,
  );
  say(`  tables ${tables.join(", ")}`);
  say(`  IAM does not exist here: ${scramInsteadOfIam.join(", ")} log in with SCRAM, with the grants of their roles`);
  say(`  logs in ${logFolder}`);
  if (ordersFile === undefined) say("ctrl-c stops everything");
  return backbone;
}

async function runAndReport(
  backbone: Backbone,
  orders: readonly OrderBody[],
  { json, repeat }: Arguments,
  say: (line: string) => void,
): Promise<number> {
  // cli-progress draws on standard error, and only where that is a terminal.
  const bar = new SingleBar({ format: "posting {bar} {value}/{total} orders, {eta_formatted} left", hideCursor: true });
  bar.start(orders.length * repeat, 0);
  const outcome = await runOrders(backbone, { orders, repeat, onSettled: () => bar.increment() }).finally(() =>
    bar.stop(),
  );
  say(toText(outcome));
  if (json) process.stdout.write(`${toJson(outcome)}\n`);
  return isAsPromised(outcome) ? 0 : 1;
}

/** Resolves on ctrl-c, on a request to end, or when npm, which this was started by, is gone. A second ctrl-c ends at once. */
function interruption(): Promise<"interrupted"> {
  const { promise, resolve } = Promise.withResolvers<"interrupted">();
  onInterruption(["SIGINT", "SIGTERM", "SIGHUP"], () => resolve("interrupted"));
  if (process.env.npm_lifecycle_event !== undefined) {
    const parent = process.ppid;
    setInterval(() => process.ppid !== parent && resolve("interrupted"), 500).unref();
  }
  return promise;
}
