import type { OutgoingRecord } from "./producer.ts";

/** How a client proves who it is; both go over TLS. */
export type KafkaAuth =
  /** The role of the function; a fresh token is signed for every authentication. */
  | { readonly mechanism: "iam"; readonly region: string }
  | { readonly mechanism: "scram-sha-512"; readonly username: string; readonly password: string };

/** A record and the topic that it goes to. */
export interface TopicRecord {
  readonly topic: string;
  readonly record: OutgoingRecord;
}

/** One connection to Kafka, for one life: connect, send batches one after the other, close. */
export interface KafkaClient {
  connect(): Promise<void>;
  /** Resolves once every record is acknowledged by all in-sync replicas; rejects if that is not certain for each. */
  sendBatch(records: readonly TopicRecord[]): Promise<void>;
  /** Ends the connections at once, also those still being opened or waiting for an answer. */
  close(): Promise<void>;
}
