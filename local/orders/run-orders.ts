import { setTimeout as delay } from "node:timers/promises";
import { BackboneError } from "../../shared/errors.ts";
import type { Backbone } from "../backbone.ts";
import { lagOf } from "../mappings.ts";
import { type Audit, audit } from "./audit.ts";
import { type PostedOrders, postOrders } from "./post-orders.ts";
import { readEffects } from "./read-effects.ts";
import type { OrderBody } from "./read-orders.ts";

export interface RunOrdersOptions {
  readonly orders: readonly OrderBody[];
  /** How often all orders are posted; every time after the first under ids of its own. */
  readonly repeat: number;
  readonly onSettled: () => void;
}

/** What became of the orders; counts are orders. */
export interface OrdersOutcome extends PostedOrders, Audit {
  readonly ordersRead: number;
  /** From the first POST to the moment when every accepted order was accounted for. */
  readonly elapsedMs: number;
}

/** Requests at the same time: enough to keep the functions busy, few enough for their processes. */
const concurrency = 16;
/** How long an order is posted again while the service answers 503. */
const retryForMs = 60_000;
/** The wait for the consumers ends this long after the last change of what they have still to do. */
export const accountingDeadlineMs = 60_000;

/** Posts the orders, waits until the consumers have committed all of their events, and audits what took effect. */
export async function runOrders(backbone: Backbone, options: RunOrdersOptions): Promise<OrdersOutcome> {
  const { orders, repeat, onSettled } = options;
  const startedAt = performance.now();
  const posted = await postOrders(repeated(orders, repeat), { url: backbone.url, concurrency, retryForMs, onSettled });
  const lag = await consumersCaughtUp(backbone);
  const elapsedMs = Math.round(performance.now() - startedAt);
  const effects = await readEffects({
    dynamoDbPort: backbone.ports.dynamodb,
    kafka: backbone.kafka,
    ...auditedResources(backbone),
  });
  const audited = audit(posted.accepted, effects);
  const seconds = accountingDeadlineMs / 1000;
  const stillWaiting =
    lag === 0 ? [] : [`the wait ended after ${seconds} s without change: ${lag} records not processed`];
  const findings = [...stillWaiting, ...audited.findings];
  return { ...posted, ...audited, findings, ordersRead: orders.length * repeat, elapsedMs };
}

function* repeated(orders: readonly OrderBody[], times: number): Generator<OrderBody> {
  yield* orders;
  for (let round = 2; round <= times; round += 1)
    for (const order of orders) yield { ...order, orderId: `${order.orderId}-${round}` };
}

/** Waits until no mapping lags behind its topic, or nothing has changed for as long as the deadline says; gives the lag. */
async function consumersCaughtUp({ kafka, mappings }: Backbone): Promise<number> {
  const admin = kafka.admin();
  await admin.connect();
  try {
    let last = Number.NaN;
    let changedAt = Date.now();
    while (Date.now() - changedAt < accountingDeadlineMs) {
      const lags = await Promise.all(mappings.map(({ definition }) => lagOf(admin, definition)));
      const lag = lags.reduce((sum, one) => sum + one, 0);
      if (lag === 0) return 0;
      if (lag !== last) changedAt = Date.now();
      last = lag;
      await delay(100);
    }
    return last;
  } finally {
    await admin.disconnect();
  }
}

/** The tables and the dead-letter topic of the consumer that keeps reservations, from its own environment. */
function auditedResources({ functions, mappings }: Backbone) {
  for (const { definition } of mappings) {
    const { environment } = functions.get(definition.functionName).definition;
    const { RESERVATIONS_TABLE, STOCK_TABLE, DEAD_LETTER_TOPIC } = environment;
    if (RESERVATIONS_TABLE !== undefined && STOCK_TABLE !== undefined && DEAD_LETTER_TOPIC !== undefined)
      return { reservationsTable: RESERVATIONS_TABLE, stockTable: STOCK_TABLE, deadLetterTopic: DEAD_LETTER_TOPIC };
  }
  throw new BackboneError(
    "TEMPLATE_UNSUPPORTED",
    "no mapping's function has RESERVATIONS_TABLE, STOCK_TABLE and DEAD_LETTER_TOPIC",
  );
}
