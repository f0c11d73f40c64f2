import * as v from "valibot";
import { deadLetterRecord } from "../dead-letter/index.ts";
import { BackboneError } from "../errors.ts";
import type { Producer } from "../kafka/index.ts";
import { parseOptions } from "../options/index.ts";
import { type BatchRequest, batchOf, type Failure } from "../processing/index.ts";

export interface DeadLettersOptions {
  /** The dead-letter topic of this service for the topic that it consumes: `<topic>.<service>.dlt`. It has to exist. */
  readonly topic: string;
  /** Whose failure it is, for the `dlt-consumer-group` header. */
  readonly consumerGroup: string;
  readonly producer: Pick<Producer, "send">;
  /** How often a decision that throws is tried, 1 or more. @default 3 */
  readonly maxAttempts?: number;
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
  now: v.optional(v.custom<() => Date>((now) => typeof now === "function")),
});

/**
 * Policy and publisher for records that cannot be processed for their own sake. Without it, they stay unfinished.
 *
 * A dead letter counts once the broker has acknowledged it. At-least-once: an invocation that dies between that and its
 * return leaves the same record on the dead-letter topic twice.
 *
 * @throws BackboneError INVALID_OPTIONS
 */
export function deadLetters(options: DeadLettersOptions) {
  const {
    topic,
    consumerGroup,
    producer,
    maxAttempts,
    now = () => new Date(),
  } = parseOptions("deadLetters", optionsSchema, options);

  async function publish({ record, error, attempts }: Failure): Promise<void> {
    try {
      await producer.send(topic, deadLetterRecord({ record, error, attempts, consumerGroup, failedAt: now() }));
    } catch (cause) {
      if (cause instanceof BackboneError) throw cause;
      throw new BackboneError("KAFKA_UNAVAILABLE", `the dead letter was not acknowledged by the topic ${topic}`, {
        cause,
      });
    }
  }

  function deadLettersBefore(request: BatchRequest): void {
    batchOf(request).deadLetters = { maxAttempts, publish };
  }

  return { before: deadLettersBefore };
}
