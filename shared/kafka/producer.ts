/** What is sent: bytes alone. `key` null = no key; `value` null = tombstone; header names may repeat. */
export interface OutgoingRecord {
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: readonly (readonly [name: string, value: Buffer])[];
}

/** Sends records to Kafka, at least once: what `send` acknowledged is in the log of all in-sync replicas. */
export interface Producer {
  /**
   * Resolves once all in-sync replicas have the record.
   *
   * @throws BackboneError KAFKA_UNAVAILABLE (retriable): no acknowledgement within the time budget. The outcome is
   *   unknown: the record may be in the log, and sending it again may double it.
   * @throws BackboneError RECORD_TOO_LARGE (not retriable): the record is larger than its topic takes, and not in the log.
   *   One that is larger than the broker's `socket.request.max.bytes`, 100 MiB by default, is KAFKA_UNAVAILABLE.
   * @throws BackboneError RECORD_REFUSED (not retriable): the topic does not take the record as it is, e.g. a compacted
   *   one without a key, and it is not in the log.
   */
  send(topic: string, record: OutgoingRecord): Promise<void>;
  /** Closes the connections; a later `send` opens fresh ones. */
  close(): Promise<void>;
}
