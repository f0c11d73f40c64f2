/**
 * One record as the Lambda event source mapping for Amazon MSK hands it over.
 *
 * `key` and `value` are base64; an absent, null or empty key is no key, an absent or null value is a tombstone.
 * `headers` holds one object a header, in order, names may repeat; its bytes are **signed** (-128…127).
 * `timestamp` is in epoch milliseconds. The schema metadata is there when the mapping itself has deserialized the record.
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
  keySchemaMetadata?: SchemaMetadata;
  valueSchemaMetadata?: SchemaMetadata;
}

/**
 * What the mapping's own schema registry configuration adds to a record. `schemaId` is a number in decimal digits, or the
 * UUID of a schema version in AWS Glue.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-consume-kafka-events.html
 */
export interface SchemaMetadata {
  dataFormat: "AVRO" | "JSON" | "PROTOBUF";
  schemaId: string;
}

/** The event of one invocation: batches of records by `<topic>-<partition>`. */
export interface MskEvent {
  eventSource: "aws:kafka";
  eventSourceArn: string;
  bootstrapServers: string;
  records: Record<string, MskRecord[]>;
}
