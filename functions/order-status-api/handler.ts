import { createDynamoDbClient } from "../../shared/dynamodb/index.ts";
import { createLogger } from "../../shared/logging/index.ts";
import { env } from "./env.ts";
import { createOrderStatusApi } from "./order-status-api.ts";
import { createStatusReader } from "./read-status.ts";

/** `GET /orders/{orderId}`: see `createOrderStatusApi`. */
export const handler = createOrderStatusApi({
  readStatus: createStatusReader({ client: createDynamoDbClient(), table: env.STATUSES_TABLE }),
  logger: createLogger({ service: "order-status" }),
});
