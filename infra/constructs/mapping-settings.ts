import type { Duration } from "aws-cdk-lib";
import type { IKey } from "aws-cdk-lib/aws-kms";
import type { FilterPattern } from "./mapping-filters.ts";
import type { OffloadSettings } from "./mapping-offload.ts";
import type { MappingSchemaRegistry } from "./mapping-schema-registry.ts";

/**
 * Settings of an event source mapping for Kafka, with Lambda's bounds and defaults. All the others of
 * `AWS::Lambda::EventSourceMapping` follow: cluster, topic, consumer group and authentication from the access file, tags
 * from `Tags.of(…)`. Those "of provisioned mode" are refused where there are no `pollers`.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/msk-esm-parameters.html
 */
export interface MappingSettings extends OffloadSettings {
  /** Function's time for one batch. A mapping allows 14 minutes at most. */
  readonly timeout: Duration;
  /** Whether records are read; those of the meantime wait, as long as their topic keeps them. @default true */
  readonly enabled?: boolean;
  /** Records of one invocation at most, 1 to 10,000; all of them 6 MB. @default 100 */
  readonly batchSize?: number;
  /** How long a batch may fill, whole seconds, 0 to 300. @default 500 ms, which cannot be set */
  readonly batchWindow?: Duration;
  /**
   * Where a new consumer group begins; an existing one goes on where it was. LATEST may miss what comes while the mapping
   * is made.
   * https://docs.aws.amazon.com/lambda/latest/dg/kafka-starting-positions.html
   *
   * @default "TRIM_HORIZON"
   */
  readonly startingPosition?: "TRIM_HORIZON" | "LATEST" | "AT_TIMESTAMP";
  /** With AT_TIMESTAMP, and required by it: the time from which on, in whole seconds; not in the future. */
  readonly startingTimestamp?: Date;
  /**
   * What a record has to be for the function to get it: what one of the patterns says, 1 to 10 of them (5 unless AWS has
   * raised the account's quota). The others are committed unseen.
   * https://docs.aws.amazon.com/lambda/latest/dg/kafka-filtering.html
   *
   * They look into values that are JSON or text. Of other bytes, such as Avro in Confluent's wire format, they keep
   * nothing away, unless `schemaRegistry` makes JSON of them first.
   *
   * @default every record
   */
  readonly filters?: readonly FilterPattern[];
  /**
   * What Lambda keeps the patterns encrypted with; its policy has to leave it to IAM who may use it.
   * https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html#filter-criteria-encryption
   *
   * @default a key of AWS's
   */
  readonly filterKey?: IKey;
  /**
   * Provisioned mode: minimum 1 to 200, maximum 1 to 2,000 and never more than partitions.
   * https://docs.aws.amazon.com/lambda/latest/dg/kafka-scaling-modes.html
   *
   * @default on demand
   */
  readonly pollers?: { readonly minimum: number; readonly maximum: number };
  /**
   * Name, 1 to 128 characters, of the group whose mappings share what is paid for pollers: at most 100 mappings in one VPC,
   * their maximums 2,000 together. Of provisioned mode.
   *
   * @default none, the mapping has pollers of its own
   */
  readonly pollerGroup?: string;
  /**
   * The function names the records that come again; the others are done. Of provisioned mode.
   * https://docs.aws.amazon.com/lambda/latest/dg/kafka-retry-configurations.html
   *
   * @default false
   */
  readonly partialBatchResponse?: boolean;
  /** A batch whose invocation fails comes again in halves. Of provisioned mode. @default false */
  readonly bisectBatchOnError?: boolean;
  /** How often a batch comes again, 0 to 10,000, or -1 for no end. Of provisioned mode. @default -1 */
  readonly retryAttempts?: number;
  /** Older records are no longer retried, 60 s to 7 days. Of provisioned mode. @default no limit */
  readonly maxRecordAge?: Duration;
  /** Lets the mapping itself check and decode what it hands over. Of provisioned mode. @default the function does */
  readonly schemaRegistry?: MappingSchemaRegistry;
  /**
   * Metrics beside `OffsetLag`, at the price of custom ones. EventCount: 7, of what was polled, filtered out, invoked with,
   * dropped, offloaded, committed; ErrorCount: 5, of what failed; KafkaMetrics: 2, of lag. Of provisioned mode.
   * https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html#event-source-mapping-metrics
   *
   * @default none
   */
  readonly metrics?: readonly MappingMetric[];
  /**
   * From which level on the pollers write to the function's log group. Of provisioned mode.
   * https://docs.aws.amazon.com/lambda/latest/dg/esm-logging.html
   *
   * @default nothing
   */
  readonly logLevel?: "DEBUG" | "INFO" | "WARN";
}

export type MappingMetric = "EventCount" | "ErrorCount" | "KafkaMetrics";
