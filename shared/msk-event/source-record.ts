/**
 * The raw bytes of one record, whatever brought it.
 *
 * `key` null = no key; `value` null = tombstone; `headers` in their order, names may repeat; `timestampMs` in epoch
 * milliseconds.
 */
export interface SourceRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly timestampMs: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: readonly (readonly [name: string, value: Buffer])[];
}
