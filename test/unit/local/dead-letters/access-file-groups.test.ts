import { join } from "node:path";
import { expect, test } from "vitest";
import { groupsOf } from "../../../../local/dead-letters/access-file-groups.ts";
import { parseAccess, readAccess } from "../../../../shared/access/index.ts";

const groupOf = groupsOf(readAccess(join(import.meta.dirname, "../../../../infra/access.yaml"), { stage: "prod" }));

test.each([
  // A mapping reads each topic in a group of its own, and that one has to take what is redriven.
  ["order-events.inventory.dlt", "order-events", "inventory.order-events"],
  ["order-events.order-status.dlt", "order-events", "order-status.order-events"],
  ["inventory-events.order-status.dlt", "inventory-events", "order-status.inventory-events"],
  ["order-events.nobody.dlt", "order-events", undefined],
  ["order-events.inventory.dlt", "inventory-events", undefined],
])("dead letters in %s of %s are those of the group %s", (deadLetterTopic, topic, group) => {
  expect(groupOf(deadLetterTopic, topic)).toBe(group);
});

test("a service that does not consume the topic any more takes nothing of it", () => {
  const text = `
topics: { orders: { partitions: 1, replication: 1 }, returns: { partitions: 1, replication: 1 } }
services: { stock: { type: application, consumes: [returns] } }
`;
  expect(groupsOf(parseAccess(text, "access.yaml"))("orders.stock.dlt", "orders")).toBeUndefined();
});

test.each([
  ["dev", "stock-of-dev.orders"],
  ["prod", "stock.orders"],
])("in the stage %s a group is what its variables make of it: %s", (stage, group) => {
  const file = `
variables: { default: { group: stock }, dev: { group: stock-of-dev } }
topics: { orders: { partitions: 1, replication: 1 } }
services: { stock: { type: application, group-id: "\${group}", consumes: [orders] } }
`;
  expect(groupsOf(parseAccess(file, "access.yaml", { stage }))("orders.stock.dlt", "orders")).toBe(group);
});
