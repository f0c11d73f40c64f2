import type { WrittenOrder } from "../../decode/written-schema.ts";
import { itemsOf, type TableShape } from "../tables.ts";
import { faultsOfKeys, type Workload } from "../workload.ts";

const table: TableShape = { name: "received-orders", key: "orderId" };
const firstOrder = 536_365;
const createdAt = Date.UTC(2026, 0, 1);

/** Each event puts one item of its own. Nothing is read, nothing is shared. */
export const distinct: Workload = {
  name: "distinct",
  tables: [table],
  ordersOf: (_round, records) => Array.from({ length: records }, (_, index) => orderOf(index)),
  createDecide: () => (event) => {
    const { orderId = "", customerId, totalAmount, lines = [] } = event.data ?? {};
    return {
      writes: [
        {
          action: "put",
          table: table.name,
          key: { orderId },
          item: { eventId: event.id, customerId, totalAmount, lines: lines.length },
          condition: "attribute_not_exists(orderId)",
          onConditionFailed: "duplicateOfBusinessKey",
        },
      ],
    };
  },
  prepare: async () => undefined,
  async faults(documents, orders) {
    const items = await itemsOf(documents, table);
    const wrong = orders.filter(({ orderId, totalAmount }) => items.get(orderId)?.totalAmount !== totalAmount).length;
    return [
      ...faultsOfKeys("items", items, orders),
      ...(wrong > 0 ? [`${wrong} items have another amount than their order`] : []),
    ];
  },
};

function orderOf(index: number): WrittenOrder {
  const lines = Array.from({ length: 1 + (index % 4) }, (_, line) => ({
    sku: `${10_000 + ((index * 7 + line) % 90_000)}A`,
    quantity: 1 + ((index + line) % 24),
    unitPrice: 1 + (index % 20) / 4,
  }));
  return {
    orderId: String(firstOrder + index),
    customerId: String(12_000 + (index % 6_000)),
    totalAmount: lines.reduce((sum, { quantity, unitPrice }) => sum + quantity * unitPrice, 0),
    createdAt,
    lines,
  };
}
