import type { KafkaMessage, Message } from "kafkajs";
import type { OutgoingRecord } from "../kafka/index.ts";
import type { RecordHeaders, SourceRecord } from "../msk-event/index.ts";

/**
 * The record that a consumer of kafkajs was handed.
 *
 * kafkajs gathers headers by name: those of one name keep their order, those of different names come in the order of
 * each name's first, but names that are whole numbers before all. A header without a value gets an empty one.
 */
export function fromKafkajsMessage(topic: string, partition: number, message: KafkaMessage): SourceRecord {
  const { key, value } = message;
  return {
    topic,
    partition,
    offset: Number(message.offset),
    timestampMs: Number(message.timestamp),
    key,
    value,
    headers: headersOf(message),
  };
}

/** The message that a producer of kafkajs sends for a record; repeated headers are gathered by name. */
export function toKafkajsMessage({ key, value, headers }: OutgoingRecord): Message {
  // No prototype: a header may have the name of a member of Object.prototype.
  const gathered: Record<string, Buffer[]> = Object.create(null);
  for (const [name, bytes] of headers) {
    const values = gathered[name];
    if (values === undefined) gathered[name] = [bytes];
    else values.push(bytes);
  }
  return { key, value, headers: gathered };
}

function headersOf({ headers = {} }: KafkaMessage): RecordHeaders {
  return Object.entries(headers).flatMap(([name, given]) =>
    (Array.isArray(given) ? given : [given]).map((value) => [name, Buffer.from(value ?? "")] as const),
  );
}
