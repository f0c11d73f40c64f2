import { createReserveStock } from "../../../functions/inventory/reserve-stock.ts";
import { createStockReader } from "../../../functions/inventory/stock.ts";
import { parseOrder } from "../../../functions/order-service/order.ts";
import { readOrders } from "../../../local/orders/read-orders.ts";
import { BackboneError } from "../../../shared/errors.ts";
import type { WrittenOrder } from "../../decode/written-schema.ts";
import { fillTable, itemsOf, type TableShape } from "../tables.ts";
import { faultsOfKeys, type Workload } from "../workload.ts";

const reservations: TableShape = { name: "reservations", key: "orderId" };
const stock: TableShape = { name: "stock", key: "sku" };
/** More than any number of rounds takes. */
const initialStock = 1_000_000_000;

/** A reservation, its claim and a stock item a SKU have to fit 100 items of a transaction. */
const maxSkus = 98;

/**
 * Each event is an order of a file, reserved as the inventory function reserves it: stock read, then a reservation and
 * one stock item a SKU, which other orders want as well. Every SKU is known and there is enough of it. The file is
 * repeated under other order ids when it ends.
 *
 * @throws BackboneError INVALID_OPTIONS for a file that cannot be read or has no valid order
 */
export function realOrders(file: string, recordsPerRound: number): Workload {
  const all = writtenOrders(file);
  const ordersOf = (round: number, records: number) =>
    Array.from({ length: records }, (_, index) => repeated(all, round * recordsPerRound + index));
  return {
    name: "orders",
    tables: [reservations, stock],
    ordersOf,
    createDecide(documents) {
      const reserveStock = createReserveStock({
        readStock: createStockReader({ client: documents, table: stock.name }),
        initialStock,
        reservationsTable: reservations.name,
        stockTable: stock.name,
        inventoryEventsTopic: "inventory-events",
      });
      return async (event, record) => {
        // The rivals have no outbox: what inventory would publish is left out for all.
        const { publish: _, ...effects } = await reserveStock(event, record);
        return effects;
      };
    },
    async prepare(documents, orders) {
      const skus = [...quantities(orders).keys()];
      await fillTable(
        documents,
        stock,
        skus.map((sku) => ({ sku, initial: initialStock, remaining: initialStock })),
      );
    },
    async faults(documents, orders) {
      const reserved = await itemsOf(documents, reservations);
      const left = await itemsOf(documents, stock);
      const rejected = [...reserved.values()].filter(({ status }) => status !== "RESERVED").length;
      const wrong = [...quantities(orders)].filter(
        ([sku, quantity]) => left.get(sku)?.remaining !== initialStock - quantity,
      ).length;
      return [
        ...faultsOfKeys("reservations", reserved, orders),
        ...(rejected > 0 ? [`${rejected} reservations are rejected`] : []),
        ...(wrong > 0 ? [`the stock of ${wrong} SKUs is not what the orders left of it`] : []),
      ];
    },
  };
}

/** The orders of a file that the order-service would accept and that fit one transaction. */
export function writtenOrders(file: string): readonly WrittenOrder[] {
  const orders = readOrders(file)
    .map(parseOrder)
    .flatMap((parsed) => ("order" in parsed ? [parsed.order] : []))
    .filter(({ lines }) => new Set(lines.map(({ sku }) => sku)).size <= maxSkus)
    .map(({ createdAt, ...order }) => ({ ...order, createdAt: createdAt?.getTime() ?? 0 }));
  if (orders.length > 0) return orders;
  throw new BackboneError("INVALID_OPTIONS", `orders file ${file}: no valid order of at most ${maxSkus} SKUs is in it`);
}

/** Order number `index` of the endlessly repeated list: each pass under order ids of its own. */
export function repeated(orders: readonly WrittenOrder[], index: number): WrittenOrder {
  const order = orders[index % orders.length];
  if (order === undefined) throw new Error("there is no order to repeat");
  const pass = Math.floor(index / orders.length);
  return pass === 0 ? order : { ...order, orderId: `${order.orderId}-${pass}` };
}

function quantities(orders: readonly WrittenOrder[]): Map<string, number> {
  const sums = new Map<string, number>();
  for (const { sku, quantity } of orders.flatMap(({ lines }) => lines)) sums.set(sku, (sums.get(sku) ?? 0) + quantity);
  return sums;
}
