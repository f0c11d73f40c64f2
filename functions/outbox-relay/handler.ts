import { createDynamoDbClient } from "../../shared/dynamodb/index.ts";
import { createProducer } from "../../shared/kafka/index.ts";
import { createLogger } from "../../shared/logging/index.ts";
import { createOutboxRelay } from "../../shared/outbox/index.ts";
import { env } from "./env.ts";
import { createRelayHandler } from "./relay-handler.ts";

const logger = createLogger({ service: env.SERVICE });
const sendTimeoutMs = 10_000;
// One send, and then a deletion, of which two calls of the client's 8 s each may fail.
const marginMs = sendTimeoutMs + 2 * 8_000;

/** Sends what is in an outbox: see `createRelayHandler`. The clients live as long as the function's process. */
export const handler = createRelayHandler({
  relay: createOutboxRelay({
    client: createDynamoDbClient(),
    table: env.OUTBOX_TABLE,
    producer: createProducer({ ...env.kafka, logger, timeoutMs: sendTimeoutMs }),
    logger,
  }),
  service: env.SERVICE,
  sweepOlderThanMs: env.SWEEP_OLDER_THAN_SECONDS * 1_000,
  marginMs,
  logger,
});
