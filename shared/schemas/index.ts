export { type EventSchema, eventSchemas, type TopicName } from "./event-schemas.ts";
export { type OrderCreated, type OrderLine, orderCreatedSchema, orderCreatedType } from "./order-created.ts";
