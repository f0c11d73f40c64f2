import type { CloudEventV1 } from "cloudevents";
import { toBinaryRecord } from "../cloudevents/index.ts";
import type { Serializer } from "../schema-registry/index.ts";
import { outgoingTraceparent } from "../tracing/index.ts";
import type { Producer } from "./producer.ts";

/** What a service says about an event; the rest of its metadata is added when it is published. */
export interface OutgoingEvent {
  /** Together with `source` it identifies the event: a repetition has the same. */
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly subject?: string;
  /** RFC 3339. @default now */
  readonly time?: string;
  readonly data: unknown;
}

export interface PublishOptions {
  readonly producer: Producer;
  readonly serializer: Serializer;
  readonly topic: string;
  /** Key of the record; events of one key keep their order. */
  readonly key: string;
  /** `traceparent` of what caused the event; the active span's goes before it. */
  readonly traceparent?: string | undefined;
  /** @default () => new Date() */
  readonly now?: () => Date;
}

/**
 * Publishes an event in binary mode with Avro data, adding specversion, time, datacontenttype and traceparent.
 *
 * It resolves once all in-sync replicas have the record, with the event as it was sent. At least once: after
 * KAFKA_UNAVAILABLE the event may be in the log, and publishing it again with the same id is safe.
 *
 * @throws BackboneError MALFORMED_EVENT, UNKNOWN_EVENT_TYPE, SCHEMA_MISMATCH, SCHEMA_NOT_FOUND, REGISTRY_UNAVAILABLE,
 *   KAFKA_UNAVAILABLE
 */
export async function publish(event: OutgoingEvent, options: PublishOptions): Promise<CloudEventV1<Buffer>> {
  const { producer, serializer, topic, key, traceparent, now = () => new Date() } = options;
  const outgoing: CloudEventV1<Buffer> = {
    specversion: "1.0",
    time: now().toISOString(),
    datacontenttype: "application/avro",
    ...event,
    traceparent: outgoingTraceparent(traceparent),
    data: await serializer.serialize(event.type, event.data),
  };
  await producer.send(topic, toBinaryRecord(outgoing, key));
  return outgoing;
}
