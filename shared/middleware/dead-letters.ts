import * as v from "valibot";
import { type DeadLetter, deadLetterRecord, type ForeignHeaders } from "../dead-letter/index.ts";
import { BackboneError } from "../errors.ts";
import type { Producer } from "../kafka/index.ts";
import { parseOptions } from "../options/index.ts";
import { type Batch, type BatchRequest, batchOf, type Failure } from "../processing/index.ts";
import { activeSpanContext, formatTraceparent } from "../tracing/index.ts";

export interface DeadLettersOptions {
  /** The dead-letter topic of this service for the topic that it consumes: `<topic>.<service>.dlt`. It has to exist. */
  readonly topic: string;
  /** Whose failure it is, for the `dlt-consumer-group` header. */
  readonly consumerGroup: string;
  readonly producer: Pick<Producer, "send">;
  /** How often a decision that throws is tried, 1 or more. @default 3 */
  readonly maxAttempts?: number;
  /** Writes the headers of Spring Kafka or Kafka Connect besides, for tools that read those. @default none */
  readonly headersFor?: readonly ForeignHeaders[];
  /** @default () => new Date() */
  readonly now?: () => Date;
}

const optionsSchema = v.strictObject({
  topic: v.pipe(v.string(), v.nonEmpty("must name a topic")),
  consumerGroup: v.pipe(v.string(), v.nonEmpty("must name a consumer group")),
  producer: v.custom<Pick<Producer, "send">>(
    (producer) => typeof producer === "object" && producer !== null && "send" in producer,
    "must be a producer",
  ),
  maxAttempts: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1)), 3),
  headersFor: v.optional(
    v.custom<readonly ForeignHeaders[]>(areForeignHeaders, 'must be a list of "spring", "connect"'),
    [],
  ),
  now: v.optional(v.custom<() => Date>((now) => typeof now === "function", "must be a function")),
});

/**
 * Policy and publisher for records that cannot be processed for their own sake. Without it, they stay unfinished.
 *
 * The dead letter is the record as its topic has it, with headers that say why: `deadLetterHeaders`. Of a key or value
 * that the event source mapping has deserialized, the head of the wire format is put back where it was `SOURCE` of a
 * Confluent registry; otherwise the letter has what the mapping made, says so, and cannot be redriven. The record's own
 * `traceparent` stays; the span in which it failed is in `dlt-traceparent`. A record that the headers make too large for
 * the topic is sent again with the short ones alone.
 *
 * A dead letter counts once the broker has acknowledged it. `eachRecord` notes that down in the store of `idempotency()` and
 * publishes none for a record that has one. At-least-once: an invocation that dies between the two leaves the same record
 * on the dead-letter topic twice. A handler of your own publishes one each time that the record comes.
 *
 * @throws BackboneError INVALID_OPTIONS
 */
export function deadLetters(options: DeadLettersOptions) {
  const parsed = parseOptions("deadLetters", optionsSchema, options);
  const { topic, consumerGroup, producer, maxAttempts, headersFor, now = () => new Date() } = parsed;

  async function publish({ record, error, attempts }: Failure, batch: Batch): Promise<void> {
    const failedAt = now();
    const span = await activeSpanContext();
    const traceparent = span && formatTraceparent(span);
    const { eventRecordFormat } = batch;
    const letter = { record, error, attempts, consumerGroup, failedAt, traceparent, eventRecordFormat };
    try {
      await send(letter);
    } catch (cause) {
      if (cause instanceof BackboneError) throw cause;
      throw new BackboneError("KAFKA_UNAVAILABLE", `the dead letter was not acknowledged by the topic ${topic}`, {
        cause,
      });
    }
  }

  async function send(letter: DeadLetter): Promise<void> {
    try {
      await producer.send(topic, deadLetterRecord(letter, { headersFor }));
    } catch (error) {
      if (!(error instanceof BackboneError) || error.code !== "RECORD_TOO_LARGE") throw error;
      await producer.send(topic, deadLetterRecord(letter, { brief: true }));
    }
  }

  function deadLettersBefore(request: BatchRequest): void {
    const batch = batchOf(request);
    batch.deadLetters = { maxAttempts, consumerGroup, publish: (failure) => publish(failure, batch) };
  }

  return { before: deadLettersBefore };
}

function areForeignHeaders(names: unknown): boolean {
  return Array.isArray(names) && names.every((name) => name === "spring" || name === "connect");
}
