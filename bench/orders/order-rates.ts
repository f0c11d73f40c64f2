import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { Backbone } from "../../local/backbone.ts";
import { launchBackbone } from "../../local/launch.ts";
import { postOrders } from "../../local/orders/post-orders.ts";
import { type OrderBody, readOrders } from "../../local/orders/read-orders.ts";

export interface OrderRates {
  readonly bench: "orders";
  /** POST /orders answered 202, orders a second, while the consumer works beside it. */
  readonly orderService: number;
  /** The same bodies posted to a bare HTTP server that does nothing but the same kafkajs send. */
  readonly bareServer: number;
  readonly overBareServer: number;
}

const topic = "bench-bare-server";
const concurrency = 16;

/** Posts a file's valid orders for some seconds to each of the two servers, in turns on one backbone. */
export async function orderRates(ordersFile: string, seconds: number): Promise<OrderRates> {
  const orders = readOrders(ordersFile).filter(({ customerId }) => customerId !== "");
  const backbone = await launchBackbone({ freePorts: true, dataFolder: undefined, say: () => undefined });
  let bare: BareServer | undefined;
  try {
    bare = await startBareServer(backbone);
    const rates = { orderService: [] as number[], bareServer: [] as number[] };
    // In turns, so that both meet the same machine; the first turn warms both up.
    for (let turn = 0; turn < 4; turn += 1) {
      const [mine, floor] = [
        await rateOf(backbone.url, orders, seconds / 3, `${turn}-service`),
        await rateOf(bare.url, orders, seconds / 3, `${turn}-bare`),
      ];
      if (turn > 0) {
        rates.orderService.push(mine);
        rates.bareServer.push(floor);
      }
    }
    const [orderService, bareServer] = [median(rates.orderService), median(rates.bareServer)];
    return { bench: "orders", orderService, bareServer, overBareServer: orderService / bareServer };
  } finally {
    bare?.stop();
    await backbone.stop();
  }
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

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
