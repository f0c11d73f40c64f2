import type { SchemaMetadata } from "./msk-event.ts";

/** Headers of a record in their order; names may repeat. */
export type RecordHeaders = readonly (readonly [name: string, value: Buffer])[];

/** Whether the producer wrote a record's timestamp or the broker did. */
export type TimestampType = "CREATE_TIME" | "LOG_APPEND_TIME";

/**
 * The raw bytes of one record, whatever brought it.
 *
 * `key` null = no key; `value` null = tombstone; `headers` in their order, names may repeat; `timestampMs` in epoch
 * milliseconds, `timestampType` says whose they are, where it is known. `valueSchema` and `keySchema` are there
 * when the event source mapping has deserialized the value or the key itself, which then are not what the topic has.
 *
 * The record of an MSK event makes its `headers` when they are first asked for, so a copy by spread lacks them: name
 * them in the copy.
 */
export interface SourceRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly timestampMs: number;
  readonly timestampType?: TimestampType | undefined;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: RecordHeaders;
  readonly valueSchema?: SchemaMetadata | undefined;
  readonly keySchema?: SchemaMetadata | undefined;
}
