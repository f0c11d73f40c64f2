import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import { BackboneError } from "../../shared/errors.ts";
import type { OutgoingEvent } from "../../shared/kafka/index.ts";
import { errorFields, type Logger } from "../../shared/logging/index.ts";
import type { IncomingTrace } from "../../shared/tracing/index.ts";
import type { FieldError } from "./fields.ts";
import { placeOrder } from "./place-order.ts";

export interface OrderApiOptions {
  /** Publishes the event under the key; resolves once Kafka has acknowledged it. */
  readonly publish: (event: OutgoingEvent, key: string, incomingTrace: IncomingTrace) => Promise<unknown>;
  readonly logger: Logger;
  /** @default () => new Date() */
  readonly now?: () => Date;
}

type OrderRequest = Pick<APIGatewayProxyEventV2, "body" | "isBase64Encoded" | "headers">;

const retryAfterSeconds = 2;

/**
 * `POST /orders` of an HTTP API (payload format 2.0).
 *
 * - 202 `{ orderId, eventId }`: Kafka has acknowledged the event.
 * - 400 `{ code: "INVALID_ORDER", errors: [{ field, message }] }`: every wrong field at once.
 * - 503 `{ code, message }` with Retry-After: Kafka or the schema registry is away. The outcome is unknown; posting the
 *   same body again is safe, because it is the same event.
 *
 * Anything else that fails is a fault of the service: it is thrown, and the API answers 500.
 */
export function createOrderApi(options: OrderApiOptions) {
  const { publish, logger, now = () => new Date() } = options;
  return async (request: OrderRequest): Promise<APIGatewayProxyStructuredResultV2> => {
    const body = readBody(request);
    if ("errors" in body) return refused(body.errors);
    const placement = placeOrder(body.json, now());
    if (placement.status === "refused") return refused(placement.errors);
    const { orderId, event } = placement;
    try {
      await publish(event, orderId, traceOf(request));
    } catch (error) {
      logger.error("the order's event was not acknowledged", { eventId: event.id, ...errorFields(error) });
      if (error instanceof BackboneError && error.retriable) return unavailable(error);
      throw error;
    }
    logger.info("order accepted", { eventId: event.id });
    return answer(202, { orderId, eventId: event.id });
  };

  function refused(errors: readonly FieldError[]): APIGatewayProxyStructuredResultV2 {
    logger.info("order refused", { errors: errors.length });
    return answer(400, { code: "INVALID_ORDER", errors });
  }
}

function readBody(request: OrderRequest): { readonly json: unknown } | { readonly errors: readonly FieldError[] } {
  const { body = "", isBase64Encoded } = request;
  try {
    // Fatal, because a body in another encoding would otherwise be accepted with replacement characters.
    const text = isBase64Encoded ? new TextDecoder("utf-8", { fatal: true }).decode(Buffer.from(body, "base64")) : body;
    return { json: JSON.parse(text) };
  } catch {
    return { errors: [{ field: "body", message: "must be a JSON object in UTF-8, got what is no JSON" }] };
  }
}

function traceOf({ headers: { traceparent, tracestate } }: OrderRequest): IncomingTrace {
  return { traceparent, tracestate };
}

function unavailable(error: BackboneError): APIGatewayProxyStructuredResultV2 {
  // The error's own message names hosts and topics, which are not the caller's business.
  const message = "the order could not be confirmed; the outcome is unknown, sending the same order again is safe";
  return answer(503, { code: error.code, message }, { "retry-after": String(retryAfterSeconds) });
}

function answer(
  statusCode: number,
  body: object,
  headers: Record<string, string> = {},
): APIGatewayProxyStructuredResultV2 {
  return { statusCode, headers: { "content-type": "application/json", ...headers }, body: JSON.stringify(body) };
}
