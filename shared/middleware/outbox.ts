import { v5 as uuidV5 } from "uuid";
import * as v from "valibot";
import { BackboneError } from "../errors.ts";
import { eventRecord, recordSizeOf } from "../kafka/index.ts";
import { parseOptions } from "../options/index.ts";
import { outboxWrite, type UnsentRecord } from "../outbox/index.ts";
import {
  type BatchRequest,
  batchOf,
  type OutboxPolicy,
  type Publication,
  type PublicationOrigin,
} from "../processing/index.ts";
import type { Serializer } from "../schema-registry/index.ts";
import { creationTraceOf } from "./spans.ts";

export interface OutboxOptions {
  /** Table of the outbox: partition key `groupKey`, sort key `sourcePosition`, both strings; its stream wakes the relay. */
  readonly table: string;
  /** The topics that may be published to, each with what writes the data of its events. */
  readonly serializers: Readonly<Record<string, Serializer>>;
  /**
   * Bytes that a Kafka record may have, key, value and headers, 1 or more: at most what the topics take
   * (`max.message.bytes`), because a record that Kafka refuses holds its key back in the outbox.
   *
   * @default 409600, which no item of DynamoDB exceeds and Kafka's own default takes
   */
  readonly maxRecordBytes?: number;
  /** @default () => new Date() */
  readonly now?: () => Date;
}

const optionsSchema = v.strictObject({
  table: v.pipe(v.string(), v.nonEmpty("must name a table")),
  serializers: v.record(
    v.string(),
    v.custom<Serializer>(
      (serializer) => typeof serializer === "object" && serializer !== null && "serialize" in serializer,
      "must be a serializer",
    ),
  ),
  maxRecordBytes: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1)), 409_600),
  now: v.optional(v.custom<() => Date>((now) => typeof now === "function", "must be a function")),
});

/** Namespace of the ids of published events, drawn once at random (RFC 9562, section 6.6). It must never change. */
const namespace = "9831c508-7202-4d40-8a1d-b7d3c261121d";

/**
 * Lets decisions publish events: they are committed with the effects, in the same transaction, and sent by the relay.
 *
 * Each event becomes its Kafka record when it is decided, with the schema's id and the trace of the consumed record: the
 * record's span, or without tracing the trace that it came with. An event without an id gets one that is the same
 * whenever the decision is made again: the UUIDv5 of the consumer group, the consumed event's source and id, and the
 * event's place.
 *
 * What cannot be serialized fails the record, as the registry's absence does for the time it lasts; one that is larger
 * than `maxRecordBytes` fails it with RECORD_TOO_LARGE. A topic without a serializer fails the invocation with
 * INVALID_OPTIONS.
 *
 * @throws BackboneError INVALID_OPTIONS
 */
export function outbox(options: OutboxOptions) {
  const parsed = parseOptions("outbox", optionsSchema, options);
  const { table, maxRecordBytes, now = () => new Date() } = parsed;
  const serializers = new Map(Object.entries(parsed.serializers));

  async function unsentRecord(publication: Publication, origin: PublicationOrigin, index: number) {
    const { topic, event, key } = publication;
    const { consumerGroup, event: cause, record: source } = origin;
    const serializer = serializers.get(topic);
    if (serializer === undefined) {
      const known = [...serializers.keys()].join(", ");
      throw new BackboneError("INVALID_OPTIONS", `outbox() has no serializer for the topic '${topic}', only: ${known}`);
    }
    const { record } = await eventRecord(event, {
      serializer,
      ...(key !== undefined && { key }),
      incomingTrace: creationTraceOf({ status: "decoded", source, event: cause }),
      now,
      newId: () => uuidV5(JSON.stringify([consumerGroup, cause.source, cause.id, index]), namespace),
    });
    const bytes = recordSizeOf(record);
    if (bytes > maxRecordBytes) {
      const message = `a record to publish to ${topic} is about ${bytes} bytes, at most ${maxRecordBytes} are allowed`;
      throw new BackboneError("RECORD_TOO_LARGE", message);
    }
    return { topic, record } satisfies UnsentRecord;
  }

  const policy: OutboxPolicy = {
    async writeOf(publications, origin) {
      const records = await Promise.all(publications.map((one, index) => unsentRecord(one, origin, index)));
      const { consumerGroup, record: source } = origin;
      return outboxWrite({ table, consumerGroup, source, writtenAt: now(), records });
    },
  };

  function outboxBefore(request: BatchRequest): void {
    batchOf(request).outbox = policy;
  }

  return { before: outboxBefore };
}
