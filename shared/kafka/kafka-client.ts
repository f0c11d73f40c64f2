import type { KafkaConfig } from "kafkajs";
import type { OutgoingRecord } from "./producer.ts";

/** How a client proves who it is. */
export type KafkaAuth =
  | TlsAuth
  /** What an operator's tool read from a client properties file; that decides about TLS as well. */
  | { readonly mechanism: "client-settings"; readonly settings: Pick<KafkaConfig, "ssl" | "sasl"> };

/** Over TLS, with the authorities that Node trusts. */
export type TlsAuth =
  /** The role of the function; a fresh token is signed for every authentication. */
  | { readonly mechanism: "iam"; readonly region: string }
  | ({ readonly mechanism: "scram-sha-512" } & ScramCredentials)
  /**
   * A secret of Secrets Manager as MSK wants it, JSON of `username` and `password`. It is read for every
   * authentication, so that a rotated password is taken up without a new deployment.
   */
  | { readonly mechanism: "scram-sha-512"; readonly secretArn: string };

export interface ScramCredentials {
  readonly username: string;
  readonly password: string;
}

/** A record and the topic that it goes to. */
export interface TopicRecord {
  readonly topic: string;
  readonly record: OutgoingRecord;
}

/** One connection to Kafka, for one life: connect, send batches one after the other, close. */
export interface KafkaClient {
  connect(): Promise<void>;
  /**
   * Resolves once every record is acknowledged by all in-sync replicas; rejects if that is not certain for each.
   *
   * With an error whose `type`, or that of one of its causes, is among those of refusal.ts, the protocol's names, a
   * partition's share of the batch was refused. The other partitions' shares may be in the log.
   */
  sendBatch(records: readonly TopicRecord[]): Promise<void>;
  /**
   * True once a request was sent more than once, though the batch succeeded: what the client and the brokers hold for the
   * next sequence number may differ, so it must not send on.
   */
  readonly isSpent: boolean;
  /** Ends the connections at once, also those still being opened or waiting for an answer. */
  close(): Promise<void>;
}
