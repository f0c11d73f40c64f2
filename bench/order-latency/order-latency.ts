import { setTimeout as pause } from "node:timers/promises";
import type { Backbone } from "../../local/backbone.ts";
import { launchBackbone } from "../../local/launch.ts";
import { allWorkedOff } from "../../local/orders/backlog.ts";
import type { Arguments } from "../arguments.ts";
import { circumstances, type Report } from "../report.ts";
import { redriveRate } from "./redrive-rate.ts";
import { relayRate } from "./relay-rate.ts";

const ordersPerSecond = 50;
const warmUpSeconds = 5;
/** One order of so many is asked for, so that asking is not what is measured. */
const askedOf = 5;
/** How often it is asked for: what that adds to a time is half of it on average. */
const askEveryMs = 200;
const giveUpAfterMs = 60_000;

/**
 * How long it takes from the 202 of POST /orders until GET /orders/{orderId} shows the reservation, with orders that come
 * at a steady rate; then how many records a second the relay sends from a full outbox, and how many a redrive sends back.
 */
export async function orderLatency({ seconds }: Arguments): Promise<Report> {
  const backbone = await launchBackbone({ freePorts: true, dataFolder: undefined, say: () => undefined });
  try {
    await latencies(backbone, "warm-up", warmUpSeconds);
    const times = await latencies(backbone, "counted", seconds);
    await allWorkedOff(backbone);
    const relay = await relayRate(backbone);
    const redrive = await redriveRate(backbone);
    return reportOf(times, { relay, redrive });
  } finally {
    await backbone.stop();
  }
}

function reportOf(times: readonly number[], rates: { readonly relay: number; readonly redrive: number }): Report {
  const sorted = times.toSorted((one, other) => one - other);
  const at = (share: number) => Math.round(sorted[Math.ceil(sorted.length * share) - 1] ?? Number.NaN);
  const acceptedToReservedMs = { p50: at(0.5), p90: at(0.9), p99: at(0.99), max: at(1) };
  const recordsPerSecond = { relay: Math.round(rates.relay), redrive: Math.round(rates.redrive) };
  const rows = (figures: Record<string, number>) => Object.entries(figures).map(([name, value]) => [name, `${value}`]);
  return {
    json: {
      bench: "order-latency",
      ordersPerSecond,
      orders: times.length,
      askEveryMs,
      acceptedToReservedMs,
      recordsPerSecond,
      ...circumstances(1, ["kafkajs"]),
    },
    tables: [
      {
        title: `accepted → reserved, ${ordersPerSecond} orders/s`,
        columns: ["", "ms"],
        rows: rows(acceptedToReservedMs),
      },
      { title: "one after the other, nothing beside them", columns: ["", "records/s"], rows: rows(recordsPerSecond) },
    ],
    notes: [
      `${times.length} orders, one of ${askedOf}; each is asked for every ${askEveryMs} ms from its 202 on`,
      "two batching windows lie on the way, inventory's and order-status', and the quarter of a second in which the stream is looked at",
    ],
  };
}

/** Posts orders at the rate, for so long, and gives the times of those that are asked for, in ms. */
async function latencies({ url }: Backbone, name: string, seconds: number): Promise<number[]> {
  const startedAt = performance.now();
  const times: number[] = [];
  const orders = Array.from({ length: ordersPerSecond * seconds }, async (_, index) => {
    await pause(Math.max(0, startedAt + (index * 1_000) / ordersPerSecond - performance.now()));
    const orderId = `${name}-${index}`;
    await postOrder(url, orderId, `SKU-${index % 200}`);
    if (index % askedOf === 0) times.push(await untilReserved(url, orderId));
  });
  await Promise.all(orders);
  return times;
}

async function postOrder(url: string, orderId: string, sku: string): Promise<void> {
  const lines = [{ sku, quantity: 1, unitPrice: 1 }];
  const response = await fetch(`${url}/orders`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ orderId, customerId: "C-1", totalAmount: 1, lines }),
  });
  await response.arrayBuffer();
  if (response.status !== 202) throw new Error(`POST /orders answered ${response.status}`);
}

async function untilReserved(url: string, orderId: string): Promise<number> {
  const acceptedAt = performance.now();
  while (performance.now() - acceptedAt < giveUpAfterMs) {
    const answer = await fetch(`${url}/orders/${orderId}`);
    const text = await answer.text();
    if (answer.status === 200 && text.includes('"RESERVED"')) return performance.now() - acceptedAt;
    await pause(askEveryMs);
  }
  throw new Error(`order ${orderId} was not reserved within ${giveUpAfterMs} ms`);
}
