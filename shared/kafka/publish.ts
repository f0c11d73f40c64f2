import type { CloudEventV1, CloudEventV1Attributes } from "cloudevents";
import { v7 as uuidV7 } from "uuid";
import { mayBeCalled, partitionKey, type RecordKey, toBinaryRecord } from "../cloudevents/index.ts";
import { BackboneError } from "../errors.ts";
import type { Serializer } from "../schema-registry/index.ts";
import { type IncomingTrace, outgoingTrace, parseTraceparent } from "../tracing/index.ts";
import type { OutgoingRecord, Producer } from "./producer.ts";

/**
 * What a service says about an event: source, type, data, and what else it wants to say (`subject`, `dataschema`,
 * `partitionkey`, extensions); the rest of the metadata is added when it is published. A `CloudEvent` of the cloudevents
 * package fits. An attribute that is undefined or null is absent.
 *
 * Data that are undefined or null are none: the record has a null value, a tombstone where the topic is compacted, and no
 * schema is asked for. A service whose events must have data says so in a type of its own: `OutgoingEvent<Order> & { data:
 * Order }`.
 */
export interface OutgoingEvent<T = unknown> extends CloudEventV1Attributes<T> {
  /**
   * Together with `source` it identifies the event: a repetition has the same. Give one, derived from what the event is
   * about, wherever publishing can be repeated: a new one makes the repetition another event.
   *
   * @default a new UUIDv7
   */
  id?: string;
}

/** How an event becomes a record. */
export interface EventRecordOptions {
  readonly serializer: Serializer;
  /**
   * Key of the record; events of one key go to one partition, in the order in which they are acknowledged.
   *
   * @default partitionKey, the event's `partitionkey`; without one the record has no key
   */
  readonly key?: RecordKey;
  /** Trace of what caused the event, e.g. the headers of an HTTP request; the active span goes before it. */
  readonly incomingTrace?: IncomingTrace;
  /** @default () => new Date() */
  readonly now?: () => Date;
  /** @default UUIDv7 */
  readonly newId?: () => string;
}

export interface PublishOptions extends EventRecordOptions {
  readonly producer: Pick<Producer, "send">;
  readonly topic: string;
}

/** The event as it was sent, its data as the bytes of the record's value; absent where it has none. */
export type PublishedEvent = CloudEventV1<Buffer>;

/**
 * Publishes an event in binary mode, adding what it lacks of id, specversion, time, datacontenttype, traceparent and
 * tracestate. A trace of the event's own stays what it is: it says where the event was made. The trace of the hop
 * goes beside it, as the headers that tracers of Kafka clients read.
 *
 * It resolves once all in-sync replicas have the record, with the event as it was sent. At least once: after
 * KAFKA_UNAVAILABLE the event may be in the log, and publishing it again is safe with the same `id`, so an event whose
 * publishing can be repeated needs one of its own.
 *
 * A datacontenttype of the event's own has to fit what the serializer says that it writes: `avro/binary` does for Avro,
 * any JSON type for JSON.
 *
 * @throws BackboneError MALFORMED_EVENT, UNKNOWN_EVENT_TYPE, SCHEMA_MISMATCH, RECORD_TOO_LARGE,
 *   RECORD_REFUSED; retriable: SCHEMA_NOT_FOUND, REGISTRY_UNAVAILABLE, KAFKA_UNAVAILABLE
 * @see https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/extensions/distributed-tracing.md
 */
export async function publish(event: OutgoingEvent, options: PublishOptions): Promise<PublishedEvent> {
  const { published, record } = await eventRecord(event, options);
  await options.producer.send(options.topic, record);
  return published;
}

/**
 * Publishes events together, in their order. Nothing is sent unless every event can be; what is sent goes out in as few
 * requests as it fits into.
 *
 * It ends when each event's outcome is known, and fails with the first error if one is not acknowledged: any of the
 * others may be in the log then. Publishing them all again with the same ids is safe; an event of a key may then stand
 * in the log after a later one of that key, and before it again.
 *
 * @throws BackboneError as `publish`
 */
export async function publishAll(events: readonly OutgoingEvent[], options: PublishOptions): Promise<PublishedEvent[]> {
  const prepared = await Promise.all(events.map((event) => eventRecord(event, options)));
  // Handed over without a pause in between: that keeps their order and lets them go out together.
  const outcomes = await Promise.allSettled(prepared.map(({ record }) => options.producer.send(options.topic, record)));
  const failure = outcomes.find((outcome) => outcome.status === "rejected");
  if (failure !== undefined) throw failure.reason;
  return prepared.map(({ published }) => published);
}

/** An event that is ready to be sent: as it will have been published, and as its record. */
export interface EventRecord {
  readonly published: PublishedEvent;
  readonly record: OutgoingRecord;
}

/**
 * Makes the record that `publish` sends, and sends nothing: who sends it later needs no schema and no trace.
 *
 * @throws BackboneError MALFORMED_EVENT, UNKNOWN_EVENT_TYPE, SCHEMA_MISMATCH; retriable: SCHEMA_NOT_FOUND,
 *   REGISTRY_UNAVAILABLE
 */
export async function eventRecord(event: OutgoingEvent, options: EventRecordOptions): Promise<EventRecord> {
  const { serializer, incomingTrace = {}, now = () => new Date(), newId = uuidV7 } = options;
  // A CloudEvent holds what it lacks as undefined, and bytes a second time as base64.
  const { data: _, data_base64: __, traceparent, tracestate, ...attributes } = event;
  const own: IncomingTrace = { traceparent: textOrNone(traceparent), tracestate: textOrNone(tracestate) };
  const hop = await outgoingTrace(incomingTrace, own);
  const { datacontenttype, data } = await serialized(event, serializer);
  const published: PublishedEvent = {
    specversion: "1.0",
    id: newId(),
    time: now().toISOString(),
    ...(datacontenttype === undefined ? {} : { datacontenttype }),
    ...withoutAbsent(attributes),
    source: event.source,
    type: event.type,
    ...(isTrace(own) ? withoutAbsent(own) : hop),
    ...(data === undefined ? {} : { data }),
  };
  const hopHeaders = Object.entries(hop).map(([name, text]) => [name, Buffer.from(text)] as const);
  const { key = partitionKey } = options;
  return { published, record: toBinaryRecord(published, key, hopHeaders) };
}

const maxShownLength = 80;

/** What the event's data become, and of what type they are; nothing for an event without data. */
async function serialized(
  { type, data, data_base64: base64, datacontenttype: own }: OutgoingEvent,
  serializer: Serializer,
): Promise<Pick<PublishedEvent, "data" | "datacontenttype">> {
  if (data === undefined || data === null) {
    if (base64 === undefined || base64 === null) return {};
    // Not to be taken for none: that would be a tombstone.
    throw new BackboneError("MALFORMED_EVENT", "not an event to publish: it has data_base64 and no data to serialize");
  }
  const written = serializer.contentTypeOf?.(type) ?? "application/avro";
  if (serializer.contentTypeOf !== undefined && typeof own === "string" && !mayBeCalled(written, own)) {
    throw new BackboneError(
      "MALFORMED_EVENT",
      `not an event to publish: its datacontenttype is ${JSON.stringify(own.slice(0, maxShownLength))}, its data are written as ${written}`,
    );
  }
  return { datacontenttype: written, data: await serializer.serialize(type, data) };
}

function isTrace({ traceparent }: IncomingTrace): boolean {
  return traceparent !== undefined && parseTraceparent(traceparent) !== undefined;
}

function textOrNone(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function withoutAbsent(attributes: object): object {
  return Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== undefined && value !== null));
}
