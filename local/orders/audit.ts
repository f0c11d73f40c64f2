import type { AcceptedOrder } from "./post-orders.ts";

/** A reservation as it stands in the table. */
export interface Reservation {
  readonly orderId: string;
  readonly eventId: string;
  readonly status: "RESERVED" | "REJECTED";
  readonly lines: readonly { readonly sku: string; readonly quantity: number }[];
}

/** A stock item as it stands in the table. */
export interface Stock {
  readonly sku: string;
  readonly initial: number;
  readonly remaining: number;
}

export const orderStates = ["ACCEPTED", "RESERVED", "REJECTED"] as const;

/** What order-status says of an order. */
export type OrderState = (typeof orderStates)[number];

/** What took effect, read after the last event was accounted for. */
export interface Effects {
  readonly reservations: readonly Reservation[];
  readonly stock: readonly Stock[];
  /** What order-status says, by orderId. */
  readonly states: ReadonlyMap<string, OrderState>;
  /** Ids of the events in the dead-letter topic. */
  readonly deadLetterEventIds: ReadonlySet<string>;
}

/** Counts of orders. */
export interface Audit {
  readonly processed: number;
  readonly deadLettered: number;
  readonly lost: number;
  readonly duplicated: number;
  /** Accepted orders by the state that they are in. */
  readonly statuses: Readonly<Record<OrderState, number>>;
  /** One line for each thing that is not as promised. */
  readonly findings: readonly string[];
}

/**
 * Compares what was accepted with what took effect. An order is processed when its reservation stands with exactly its
 * lines, dead-lettered when its event is in the dead-letter topic. Stock says what the reservations cannot: for each SKU
 * initial − remaining has to be the sum of what is reserved; units too many are orders that took effect more than
 * once, units too few orders that are lost, at the least as many as explain the worst SKU.
 *
 * order-status has to agree: a processed order is in the state of its reservation, a dead-lettered one in any; an order
 * that is not is lost.
 */
export function audit(accepted: readonly AcceptedOrder[], effects: Effects): Audit {
  const byOrder = new Map(effects.reservations.map((reservation) => [reservation.orderId, reservation]));
  const findings: string[] = [];
  const count = { processed: 0, deadLettered: 0, lost: 0, duplicated: 0 };
  const statuses = { ACCEPTED: 0, RESERVED: 0, REJECTED: 0 };
  for (const order of accepted) {
    const state = effects.states.get(order.body.orderId);
    if (state !== undefined) statuses[state] += 1;
    const reservation = byOrder.get(order.body.orderId);
    const deadLettered = effects.deadLetterEventIds.has(order.eventId);
    if (reservation?.eventId === order.eventId) {
      const difference = compareLines(order, reservation);
      if (deadLettered) {
        count.duplicated += 1;
        findings.push(`order ${order.body.orderId} has a reservation and a dead letter`);
      } else if (difference !== 0) {
        count[difference > 0 ? "duplicated" : "lost"] += 1;
        findings.push(`order ${order.body.orderId} has a reservation with other lines than its own`);
      } else if (state !== reservation.status) {
        count.lost += 1;
        findings.push(
          `order ${order.body.orderId} is ${state ?? "unknown"} in order-status, not ${reservation.status}`,
        );
      } else count.processed += 1;
    } else if (deadLettered && state !== undefined) count.deadLettered += 1;
    else if (deadLettered) {
      count.lost += 1;
      findings.push(`order ${order.body.orderId} is a dead letter, and unknown in order-status`);
    } else {
      count.lost += 1;
      findings.push(`order ${order.body.orderId} has neither a reservation nor a dead letter`);
    }
  }
  const units = compareStock(effects);
  findings.push(...units.findings);
  const duplicated = count.duplicated + units.duplicated;
  return { ...count, lost: count.lost + units.lost, duplicated, statuses, findings };
}

/** 0: the same lines; more than 0: a SKU has more units than ordered; less: only fewer. */
function compareLines(order: AcceptedOrder, reservation: Reservation): number {
  const ordered = unitsPerSku(order.body.lines.map(({ sku, quantity }) => ({ sku, quantity: Number(quantity) })));
  const reserved = unitsPerSku(reservation.lines);
  const differences = [...new Set([...ordered.keys(), ...reserved.keys()])]
    .map((sku) => (reserved.get(sku) ?? 0) - (ordered.get(sku) ?? 0))
    .filter((difference) => difference !== 0);
  return differences.length === 0 ? 0 : Math.max(...differences);
}

function compareStock({ reservations, stock }: Effects): Pick<Audit, "lost" | "duplicated" | "findings"> {
  const lines = reservations.filter(({ status }) => status === "RESERVED").flatMap((reservation) => reservation.lines);
  const reserved = unitsPerSku(lines);
  const largest = new Map<string, number>();
  for (const { sku, quantity } of lines) largest.set(sku, Math.max(quantity, largest.get(sku) ?? 0));
  const taken = new Map(stock.map(({ sku, initial, remaining }) => [sku, initial - remaining]));
  const worst = { lost: 0, duplicated: 0 };
  const findings: string[] = [];
  for (const sku of new Set([...reserved.keys(), ...taken.keys()])) {
    const excess = (taken.get(sku) ?? 0) - (reserved.get(sku) ?? 0);
    if (excess === 0) continue;
    findings.push(`SKU ${sku}: ${taken.get(sku) ?? 0} units taken from stock, ${reserved.get(sku) ?? 0} reserved`);
    const orders = Math.ceil(Math.abs(excess) / (largest.get(sku) ?? Math.abs(excess)));
    const kind = excess > 0 ? "duplicated" : "lost";
    worst[kind] = Math.max(worst[kind], orders);
  }
  return { ...worst, findings };
}

function unitsPerSku(lines: readonly { readonly sku: string; readonly quantity: number }[]): Map<string, number> {
  const units = new Map<string, number>();
  for (const { sku, quantity } of lines) units.set(sku, (units.get(sku) ?? 0) + quantity);
  return units;
}
