export { type EventSchema, eventSchemas, subjectNameStrategies, type TopicName } from "./event-schemas.ts";
export {
  type InventoryLine,
  type InventoryRejected,
  type InventoryReserved,
  inventoryRejectedSchema,
  inventoryRejectedType,
  inventoryReservedSchema,
  inventoryReservedType,
} from "./inventory-events.ts";
export { type OrderCreated, type OrderLine, orderCreatedSchema, orderCreatedType } from "./order-created.ts";
export { isOrderId, isOrderText, orderIdRule, orderTextRule } from "./order-text.ts";
