import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { Backbone } from "../../local/backbone.ts";
import { launchBackbone } from "../../local/launch.ts";
import { postOrders } from "../../local/orders/post-orders.ts";
import { type OrderBody, readOrders } from "../../local/orders/read-orders.ts";
import type { Arguments } from "../arguments.ts";
import { circumstances, type Report } from "../report.ts";

const topic = "bench-bare-server";
const concurrency = 16;
/** Each server's turns; the first warms both up and is not counted. */
const turns = 4;

/**
 * Posts a file's orders to the order-service, while the consumer works beside it, and to a bare HTTP server that does
 * nothing but the same kafkajs send, in turns on one local backbone.
 */
export async function orders({ ordersFile, seconds }: Arguments): Promise<Report> {
  const bodies = readOrders(ordersFile).filter(({ customerId }) => customerId !== "");
  const backbone = await launchBackbone({ freePorts: true, dataFolder: undefined, say: () => undefined });
  let bare: BareServer | undefined;
  try {
    bare = await startBareServer(backbone);
    const rates: { service: number; bare: number }[] = [];
    for (let turn = 0; turn < turns; turn += 1)
      rates.push({
        service: await rateOf(backbone.url, bodies, seconds / (turns - 1), `${turn}-service`),
        bare: await rateOf(bare.url, bodies, seconds / (turns - 1), `${turn}-bare`),
      });
    return reportOf(rates.slice(1));
  } finally {
    bare?.stop();
    await backbone.stop();
  }
}

function reportOf(rates: readonly { service: number; bare: number }[]): Report {
  const ordersPerSecond = { orderService: median(rates, "service"), bareServer: median(rates, "bare") };
  const overBareServer = ordersPerSecond.orderService / ordersPerSecond.bareServer;
  const rows = Object.entries(ordersPerSecond).map(([name, rate]) => [name, rate.toFixed(0)]);
  return {
    json: { bench: "orders", ordersPerSecond, ratios: { overBareServer }, ...circumstances(rates.length, ["kafkajs"]) },
    tables: [{ title: `POST /orders, ${concurrency} at a time`, columns: ["", "orders/s"], rows }],
    notes: [
      `the order-service reaches ${overBareServer.toFixed(2)} of the bare server's rate, the consumer working beside it`,
    ],
  };
}

function median(rates: readonly { service: number; bare: number }[], name: "service" | "bare"): number {
  const sorted = rates.map((rate) => rate[name]).sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

async function rateOf(url: string, orders: readonly OrderBody[], seconds: number, round: string): Promise<number> {
  const startedAt = performance.now();
  const until = startedAt + seconds * 1000;
  function* bodies(): Generator<OrderBody> {
    for (let pass = 0; ; pass += 1)
      for (const order of orders) {
        if (performance.now() > until) return;
        yield { ...order, orderId: `${order.orderId}-${round}-${pass}` };
      }
  }
  const { accepted } = await postOrders(bodies(), { url, concurrency, retryForMs: 0, onSettled: () => undefined });
  return accepted.length / ((performance.now() - startedAt) / 1000);
}

interface BareServer {
  readonly url: string;
  stop(): void;
}

async function startBareServer({ kafka, ports, login }: Backbone): Promise<BareServer> {
  const admin = kafka.admin();
  await admin.connect();
  await admin.createTopics({ topics: [{ topic, numPartitions: 6 }], waitForLeaders: true });
  await admin.disconnect();
  const server = spawn(process.execPath, [fileURLToPath(new URL("bare-server.ts", import.meta.url))], {
    stdio: ["ignore", "pipe", "inherit"],
    env: {
      ...process.env,
      NODE_EXTRA_CA_CERTS: login.certificateFile,
      KAFKA_USER: login.username,
      KAFKA_PASSWORD: login.password,
      BROKER: `127.0.0.1:${ports.kafka}`,
      TOPIC: topic,
    },
  });
  const [port] = await once(server.stdout, "data");
  return { url: `http://127.0.0.1:${String(port).trim()}`, stop: () => server.kill() };
}
