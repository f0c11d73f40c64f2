import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import { errorFields, type Logger } from "../../shared/logging/index.ts";
import { isOfSurroundings } from "../../shared/processing/index.ts";
import { isOrderId, orderIdRule } from "../../shared/schemas/index.ts";
import type { ShownStatus } from "./read-status.ts";

export interface OrderStatusApiOptions {
  /** The status of an order, if there is one. */
  readonly readStatus: (orderId: string) => Promise<ShownStatus | undefined>;
  readonly logger: Logger;
}

type StatusRequest = Pick<APIGatewayProxyEventV2, "pathParameters">;

const retryAfterSeconds = 2;
const maxShownLength = 40;

/**
 * `GET /orders/{orderId}` of an HTTP API (payload format 2.0).
 *
 * - 200 `{ orderId, status: "ACCEPTED" | "RESERVED" | "REJECTED", createdAt?, acceptedAt?, reservedAt?, rejectedAt?,
 *   reason? }`, times in ISO 8601, UTC. What has not come yet is left out.
 * - 400 `{ code: "INVALID_ORDER_ID", errors: [{ field, message }] }`: no order can have this id.
 * - 404 `{ code: "UNKNOWN_ORDER", message }`: no event of the order has come, which may be moments after it was accepted.
 * - 503 `{ code: "DATABASE_UNAVAILABLE", message }` with Retry-After: DynamoDB is away.
 *
 * Anything else that fails is a fault of the service: it is thrown, and the API answers 500.
 */
export function createOrderStatusApi({ readStatus, logger }: OrderStatusApiOptions) {
  return async ({ pathParameters }: StatusRequest): Promise<APIGatewayProxyStructuredResultV2> => {
    const orderId = pathParameters?.orderId ?? "";
    if (!isOrderId(orderId)) {
      const message = `${orderIdRule}, got ${JSON.stringify(orderId.slice(0, maxShownLength))}`;
      return answer(400, { code: "INVALID_ORDER_ID", errors: [{ field: "orderId", message }] });
    }
    try {
      const status = await readStatus(orderId);
      if (status !== undefined) return answer(200, status);
      return answer(404, { code: "UNKNOWN_ORDER", message: "there is no such order, or its event has not come yet" });
    } catch (error) {
      logger.error("the order's status could not be read", errorFields(error));
      if (!isOfSurroundings(error)) throw error;
      const message = "the order's status could not be read, asking again may help";
      return answer(503, { code: "DATABASE_UNAVAILABLE", message }, { "retry-after": String(retryAfterSeconds) });
    }
  };
}

function answer(
  statusCode: number,
  body: object,
  headers: Record<string, string> = {},
): APIGatewayProxyStructuredResultV2 {
  // The status moves: nobody on the way may keep an answer.
  const fixed = { "content-type": "application/json", "cache-control": "no-store" };
  return { statusCode, headers: { ...fixed, ...headers }, body: JSON.stringify(body) };
}
