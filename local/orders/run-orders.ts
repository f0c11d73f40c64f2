import { BackboneError } from "../../shared/errors.ts";
import type { Backbone } from "../backbone.ts";
import { type Audit, audit, type Effects } from "./audit.ts";
import { accountingDeadlineMs, allWorkedOff } from "./backlog.ts";
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

/** Posts the orders, waits until the consumers have committed all of their events, and audits what took effect. */
export async function runOrders(backbone: Backbone, options: RunOrdersOptions): Promise<OrdersOutcome> {
  const { orders, repeat, onSettled } = options;
  const startedAt = performance.now();
  const posted = await postOrders(repeated(orders, repeat), { url: backbone.url, concurrency, retryForMs, onSettled });
  const backlog = await allWorkedOff(backbone);
  const elapsedMs = Math.round(performance.now() - startedAt);
  const audited = audit(posted.accepted, await effectsOf(backbone));
  const seconds = accountingDeadlineMs / 1000;
  const stillWaiting =
    backlog === 0 ? [] : [`the wait ended after ${seconds} s without change: ${backlog} records not processed`];
  const findings = [...stillWaiting, ...audited.findings];
  return { ...posted, ...audited, findings, ordersRead: orders.length * repeat, elapsedMs };
}

function* repeated(orders: readonly OrderBody[], times: number): Generator<OrderBody> {
  yield* orders;
  for (let round = 2; round <= times; round += 1)
    for (const order of orders) yield { ...order, orderId: `${order.orderId}-${round}` };
}

/**
 * What took effect so far: the tables and the dead-letter topic of inventory, and the table of order-status, as the
 * environments of the consumers name them.
 */
export function effectsOf(backbone: Backbone): Promise<Effects> {
  const inventory = consumerWith(backbone, ["RESERVATIONS_TABLE", "STOCK_TABLE", "DEAD_LETTER_TOPIC"]);
  return readEffects({
    dynamoDbPort: backbone.ports.dynamodb,
    kafka: backbone.kafka,
    reservationsTable: inventory.RESERVATIONS_TABLE,
    stockTable: inventory.STOCK_TABLE,
    deadLetterTopic: inventory.DEAD_LETTER_TOPIC,
    statusesTable: consumerWith(backbone, ["STATUSES_TABLE"]).STATUSES_TABLE,
  });
}

function consumerWith<Name extends string>(
  { functions, mappings }: Backbone,
  names: readonly Name[],
): Readonly<Record<Name, string>> {
  for (const { definition } of mappings) {
    const { environment } = functions.get(definition.functionName).definition;
    if (hasAll(environment, names)) return environment;
  }
  throw new BackboneError("TEMPLATE_UNSUPPORTED", `no mapping's function has ${names.join(", ")}`);
}

function hasAll<Name extends string>(
  environment: Readonly<Record<string, string>>,
  names: readonly Name[],
): environment is Readonly<Record<Name, string>> {
  return names.every((name) => environment[name] !== undefined);
}
