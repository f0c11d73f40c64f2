/**
 * One record as the Lambda event source mapping for Amazon MSK hands it over.
 *
 * `key` and `value` are base64; an absent, null or empty key is no key, an absent or null value is a tombstone.
 * `headers` holds one object a header, in order, names may repeat; its bytes are **signed** (-128…127).
 * `timestamp` is in epoch milliseconds.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/with-msk.html#msk-sample-event
 */
export interface MskRecord {
  topic: string;
  partition: number;
  offset: number;
  timestamp: number;
  timestampType: "CREATE_TIME" | "LOG_APPEND_TIME";
  key?: string | null;
  value?: string | null;
  headers?: Record<string, number[]>[];
}

/** The event of one invocation: batches of records by `<topic>-<partition>`. */
export interface MskEvent {
  eventSource: "aws:kafka";
  eventSourceArn: string;
  bootstrapServers: string;
  records: Record<string, MskRecord[]>;
}
