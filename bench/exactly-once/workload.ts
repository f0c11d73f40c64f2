import type { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import type { Decide } from "../../shared/processing/index.ts";
import type { OrderCreated } from "../../shared/schemas/index.ts";
import type { WrittenOrder } from "../decode/written-schema.ts";
import type { TableShape } from "./tables.ts";

/** What the events of a bench are and what they mean. */
export interface Workload {
  readonly name: "distinct" | "orders";
  readonly tables: readonly TableShape[];
  /** The orders of a round: the first `records` of those that all contenders begin with in it. */
  ordersOf(round: number, records: number): readonly WrittenOrder[];
  createDecide(documents: DynamoDBDocumentClient): Decide<OrderCreated>;
  /** Brings the tables, which are empty, into the state that the orders meet. */
  prepare(documents: DynamoDBDocumentClient, orders: readonly WrittenOrder[]): Promise<void>;
  /** What is wrong in the tables after each of these orders should have taken effect once; nothing when it is right. */
  faults(documents: DynamoDBDocumentClient, orders: readonly WrittenOrder[]): Promise<readonly string[]>;
}

/** What is wrong when there should be one item for each order and no other. */
export function faultsOfKeys(what: string, items: ReadonlyMap<string, unknown>, orders: readonly WrittenOrder[]) {
  const missing = orders.filter(({ orderId }) => !items.has(orderId)).length;
  const faults = missing > 0 ? [`${missing} ${what} are missing`] : [];
  return items.size === orders.length ? faults : [...faults, `${items.size} ${what} of ${orders.length} orders`];
}
