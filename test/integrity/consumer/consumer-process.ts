import middy from "@middy/core";
import { createDynamoDbClient } from "../../../shared/dynamodb/index.ts";
import { BackboneError } from "../../../shared/errors.ts";
import { createDynamoDbStore } from "../../../shared/idempotency/index.ts";
import { createProducer } from "../../../shared/kafka/index.ts";
import { createKafkajsClient } from "../../../shared/kafkajs/index.ts";
import { createLogger } from "../../../shared/logging/index.ts";
import {
  cloudEvents,
  deadLetters,
  idempotency,
  metrics,
  partialBatchResponse,
} from "../../../shared/middleware/index.ts";
import { eachRecord } from "../../../shared/processing/index.ts";
import type { Deserializer } from "../../../shared/schema-registry/index.ts";
import { invoke, jsonDeserializer } from "../../../shared/testing/index.ts";
import { randomNumbers } from "../random-numbers.ts";
import { carryOut } from "./carry-out.ts";
import { crashingAt } from "./crash-points.ts";
import { createDecision } from "./decision.ts";
import type { ConsumerSettings, Counts, FromConsumer, ToConsumer } from "./messages.ts";

// A consumer as a function has it, in a process that can be killed: only what is injected is the test's.
const settings = JSON.parse(process.env.CONSUMER_SETTINGS ?? "{}") as ConsumerSettings;
const { claimsTable, consumerGroup, deadLetterTopic, effectsTable } = settings;
const tell = (message: FromConsumer) => void process.send?.(message);

let answersAreLost: (() => void) | undefined;
const points = crashingAt(settings.crash, (of) => {
  const { promise, resolve } = Promise.withResolvers<void>();
  answersAreLost = resolve;
  tell({ type: "loseAnswers", of });
  return promise;
});

let reasons: string[] = [];
const logger = createLogger({
  service: "integrity",
  write(line) {
    const { level, message, code, reason } = JSON.parse(line) as Record<string, unknown>;
    if (level !== "INFO") reasons.push(`${message}: ${code} ${reason}`);
  },
});

let counts: Counts | undefined;
function keepCounts(line: string): void {
  const measured = JSON.parse(line) as Record<string, number>;
  const countOf = (what: string) => measured[`Records${what}`] ?? Number.NaN;
  counts = {
    received: countOf("Received"),
    processed: countOf("Processed"),
    duplicate: countOf("Duplicate"),
    deadLettered: countOf("DeadLettered"),
    unfinished: countOf("Unfinished"),
  };
}

const { share, seed } = settings.registryAway ?? { share: 0, seed: 0 };
const random = randomNumbers(seed);
const deserializer: Deserializer = {
  deserialize(eventType, value, schema) {
    if (random() >= share) return jsonDeserializer.deserialize(eventType, value, schema);
    throw new BackboneError("REGISTRY_UNAVAILABLE", "the schema cannot be had just now");
  },
};

const client = createDynamoDbClient();
const connection = {
  brokers: [`127.0.0.1:${settings.brokerPort}`],
  auth: { mechanism: "scram-sha-512", ...settings.credentials },
  logger,
} as const;
const route = () => ({ host: "127.0.0.1", port: settings.brokerRoutePort });
const producer = createProducer({
  ...connection,
  createClient: () => createKafkajsClient({ ...connection, route }),
});
const { concurrency, marginMs } = settings;
const engine = { logger, concurrency, marginMs, backoffMaxMs: 500 };
const decide = points.decide(createDecision(client, effectsTable));
const handler = middy()
  .use(partialBatchResponse({ reportBatchItemFailures: true }))
  .use(metrics({ service: "integrity", consumerGroup, write: keepCounts }))
  .use(
    deadLetters({
      topic: deadLetterTopic,
      consumerGroup,
      producer: points.producer(producer),
      maxAttempts: settings.maxAttempts,
    }),
  )
  .use(cloudEvents({ deserializer }))
  .use(
    idempotency({
      store: points.store(createDynamoDbStore({ client, table: claimsTable })),
      consumerGroup,
      ttlSeconds: 3_600,
    }),
  )
  .handler(
    settings.external
      ? eachRecord(carryOut(decide, client), { ...engine, effects: "external" })
      : eachRecord(decide, engine),
  );

async function run(message: ToConsumer & { type: "invoke" }): Promise<void> {
  counts = undefined;
  reasons = [];
  tell({ type: "begun" });
  try {
    const response: unknown = await invoke(handler, message.event, { timeoutMs: message.timeoutMs });
    await points.response();
    if (counts === undefined) throw new Error("the invocation wrote no metrics");
    tell({ type: "answered", response, counts, reasons });
  } catch (error) {
    tell({ type: "failed", error: String(error) });
  }
}

process.on("message", (message: ToConsumer) => {
  if (message.type === "invoke") void run(message);
  else answersAreLost?.();
});
// The test that started it is gone.
process.on("disconnect", () => process.exit());
tell({ type: "ready" });
