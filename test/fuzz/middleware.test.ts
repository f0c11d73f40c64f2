import middy from "@middy/core";
import { BasicTracerProvider } from "@opentelemetry/sdk-trace-base";
import fc from "fast-check";
import { expect, test } from "vitest";
import { BackboneError } from "../../shared/errors.ts";
import {
  cloudEvents,
  deadLetters,
  idempotency,
  metrics,
  type PartialBatchResponse,
  partialBatchResponse,
  tracing,
} from "../../shared/middleware/index.ts";
import type { MskEvent } from "../../shared/msk-event/index.ts";
import { type Effects, eachRecord } from "../../shared/processing/index.ts";
import type { Deserializer } from "../../shared/schema-registry/index.ts";
import { invoke, jsonDeserializer, MemoryProducer, MemoryStore, mskEvent } from "../../shared/testing/index.ts";

const numRuns = 10_000;
const quiet = { info: () => {}, warn: () => {}, error: () => {} };
const tracer = new BasicTracerProvider().getTracer("fuzz");

/** What the deserializer, the handler and Kafka do about an event, by its type. */
const behaviours = [
  "fine",
  "undecodable",
  "registryAway",
  "later",
  "throws",
  "violates",
  "databaseAway",
  "invalid",
] as const;
type Behaviour = (typeof behaviours)[number];

const deserializer: Deserializer = {
  deserialize(type, value) {
    if (type === "undecodable") throw new RangeError("what the library throws");
    if (type === "registryAway") return Promise.reject(new BackboneError("REGISTRY_UNAVAILABLE", "away"));
    return type === "later" ? Promise.resolve({}) : jsonDeserializer.deserialize(type, value);
  },
};

/** What is left of an invocation's time. */
interface Time {
  leftMs: number;
}

const decisions: Record<Behaviour, (time: Time) => Effects> = {
  fine: () => ({ increments: [{ table: "counts", key: { id: "all" }, attribute: "n", by: 1 }] }),
  later: () => ({}),
  undecodable: () => ({}),
  registryAway: () => ({}),
  throws: () => {
    throw "not even an error";
  },
  violates: () => {
    throw new BackboneError("RULE_VIOLATED", "no");
  },
  databaseAway: (time) => {
    // It would be asked again until the time is up. What is left is less than the engine's margin, and enough for an
    // answer before middy gives up by itself.
    time.leftMs = 900;
    throw new BackboneError("DATABASE_UNAVAILABLE", "away");
  },
  invalid: () => ({ increments: [{ table: "counts", key: { id: "all" }, attribute: "n", by: Number.NaN }] }),
};

function isBehaviour(type: string): type is Behaviour {
  return behaviours.some((behaviour) => behaviour === type);
}

interface Surroundings {
  readonly kafka: "fine" | "away" | "tooLarge";
  readonly reportBatchItemFailures: boolean;
}

/** The whole chain with fresh surroundings; rejects when it does not settle. */
async function consume(event: unknown, { kafka, reportBatchItemFailures }: Surroundings) {
  const producer = new MemoryProducer();
  producer.isAway = kafka === "away";
  const tooLarge = { send: () => Promise.reject(new BackboneError("RECORD_TOO_LARGE", "too large")) };
  const lines: string[] = [];
  const time = { leftMs: 10_000 };
  const handler = middy<unknown, PartialBatchResponse | undefined>()
    .use(partialBatchResponse({ reportBatchItemFailures }))
    .use(metrics({ service: "s", consumerGroup: "g", write: (line) => lines.push(line) }))
    .use(
      deadLetters({
        topic: "t.dlt",
        consumerGroup: "g",
        producer: kafka === "tooLarge" ? tooLarge : producer,
        maxAttempts: 1,
        headersFor: ["spring", "connect"],
      }),
    )
    .use(cloudEvents({ deserializer }))
    .use(idempotency({ store: new MemoryStore(), consumerGroup: "g", ttlSeconds: 60 }))
    .use(tracing({ tracer }))
    .handler(
      eachRecord(({ type }) => (isBehaviour(type) ? decisions[type](time) : {}), { logger: quiet, marginMs: 1_000 }),
    );
  const context = { getRemainingTimeInMillis: () => time.leftMs };
  const { promise: hung, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error("the handler hangs")), 30_000);
  try {
    const response = await Promise.race([invoke(handler, event, { context }), hung]).catch((error: unknown) => {
      if (error instanceof BackboneError) return error;
      throw error;
    });
    return { response, dead: producer.sent.length, counts: sumOf(lines) };
  } finally {
    clearTimeout(timer);
  }
}

function sumOf(lines: readonly string[]) {
  const sum = { received: 0, processed: 0, duplicate: 0, deadLettered: 0, unfinished: 0 };
  for (const line of lines) {
    const metrics = JSON.parse(line) as Record<string, number>;
    sum.received += metrics.RecordsReceived ?? Number.NaN;
    sum.processed += metrics.RecordsProcessed ?? Number.NaN;
    sum.duplicate += metrics.RecordsDuplicate ?? Number.NaN;
    sum.deadLettered += metrics.RecordsDeadLettered ?? Number.NaN;
    sum.unfinished += metrics.RecordsUnfinished ?? Number.NaN;
  }
  return sum;
}

const surroundings = fc.record<Surroundings>({
  kafka: fc.constantFrom("fine", "away", "tooLarge"),
  reportBatchItemFailures: fc.boolean(),
});
const bytes = fc.uint8Array({ maxLength: 12 }).map((array) => Buffer.from(array));
const placement = { partition: fc.nat({ max: 2 }) };
const headerName = fc.oneof(
  fc.constantFrom("ce_id", "ce_source", "ce_type", "ce_specversion", "content-type", "traceparent", "tracestate"),
  fc.string({ maxLength: 6 }),
);
const header = fc.tuple(headerName, fc.oneof(bytes, fc.constantFrom(Buffer.from("1.0"), Buffer.from("fine"))));
const rawRecord = fc.record({
  ...placement,
  key: fc.option(bytes),
  value: fc.option(bytes),
  headers: fc.array(header, { maxLength: 8 }),
});
const placedEvent = fc.record({
  ...placement,
  event: fc.record(
    {
      // Few ids and keys, so that events come twice and records share a key.
      id: fc.constantFrom("e-1", "e-2", "e-3"),
      source: fc.constant("/s"),
      type: fc.oneof(fc.constantFrom(...behaviours), fc.constant("unheard of")),
      partitionkey: fc.constantFrom("a", "b"),
      data: fc.oneof(fc.jsonValue(), bytes),
    },
    { requiredKeys: ["id", "source", "type"] },
  ),
});
const records = fc.array(fc.oneof(placedEvent, rawRecord), { maxLength: 8 });

test("every record of any batch ends as exactly one of four, and what comes again is of the batch", async () => {
  await fc.assert(
    fc.asyncProperty(records, surroundings, async (records, around) => {
      const event = mskEvent({ topic: "orders", records });
      const { response, dead, counts } = await consume(event, around);
      const { received, processed, duplicate, deadLettered, unfinished } = counts;
      expect(received).toBe(records.length);
      expect(processed + duplicate + deadLettered + unfinished).toBe(received);
      expect(deadLettered).toBe(dead);
      if (response instanceof BackboneError) {
        expect(around.reportBatchItemFailures).toBe(false);
        expect(unfinished).toBeGreaterThan(0);
        return;
      }
      const again =
        response?.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier) ?? expect.fail("no response");
      expect(again.length).toBeGreaterThanOrEqual(unfinished);
      for (const { partition, offset } of again) {
        expect(event.records[partition]?.some((record) => record.offset === offset)).toBe(true);
      }
    }),
    { numRuns },
  );
});

const anything = fc.anything({ maxDepth: 3, withNullPrototype: true });
const mskLike = fc
  .record(
    {
      topic: fc.oneof(fc.constant("orders"), anything),
      partition: fc.oneof(fc.nat(), anything),
      offset: fc.oneof(fc.nat(), anything),
      timestamp: fc.oneof(fc.nat(), anything),
      timestampType: anything,
      key: fc.oneof(fc.base64String(), anything),
      value: fc.oneof(fc.base64String(), anything),
      headers: fc.oneof(
        fc.array(fc.dictionary(headerName, fc.oneof(fc.array(fc.integer({ min: -128, max: 127 })), anything))),
        anything,
      ),
      valueSchemaMetadata: anything,
    },
    { requiredKeys: [] },
  )
  .map((record) => ({ eventSource: "aws:kafka", records: { "orders-0": [record] } }));

test("whatever Lambda is invoked with, the chain answers or throws an error of the family", async () => {
  await fc.assert(
    fc.asyncProperty(fc.oneof(mskLike, anything.map(jsonOf)), surroundings, async (event, around) => {
      const { response, counts } = await consume(jsonOf(event), around);
      const { received, processed, duplicate, deadLettered, unfinished } = counts;
      expect(processed + duplicate + deadLettered + unfinished).toBe(received);
      if (!(response instanceof BackboneError)) {
        expect(response).toEqual({ batchItemFailures: expect.any(Array) });
        expect(received).toBe(Object.values((event as MskEvent).records).flat().length);
      }
    }),
    { numRuns },
  );
});

/** What is left of a value on its way into Lambda. */
function jsonOf(value: unknown): unknown {
  try {
    return JSON.parse(JSON.stringify(value) ?? "null");
  } catch {
    // A bigint has no JSON, nor has a circle.
    return null;
  }
}
