import * as v from "valibot";
import { BackboneError } from "../../shared/errors.ts";
import type { MskRecord } from "../../shared/msk-event/index.ts";
import type { Resource } from "../template/assembly.ts";
import type { Resolve } from "../template/resolve.ts";
import { compileRecordFilter } from "./record-filter.ts";

/**
 * The properties of `AWS::Lambda::EventSourceMapping` that the runner carries out, with Lambda's bounds and defaults.
 * Strict: a property that would be ignored here would be one that fails only in the cloud.
 * Source: "AWS::Lambda::EventSourceMapping", CloudFormation template reference; "Amazon MSK event source mappings".
 */
const propertiesSchema = v.strictObject({
  EventSourceArn: v.string(),
  FunctionName: v.string(),
  Topics: v.pipe(v.array(v.string()), v.length(1)),
  AmazonManagedKafkaEventSourceConfig: v.strictObject({
    ConsumerGroupId: v.pipe(v.string(), v.regex(/^[a-zA-Z0-9\-/*:_+=.@]{1,200}$/)),
  }),
  SourceAccessConfigurations: v.optional(
    v.strictTuple([v.strictObject({ Type: v.literal("SASL_SCRAM_512_AUTH"), URI: v.string() })]),
  ),
  StartingPosition: v.picklist(["TRIM_HORIZON", "LATEST", "AT_TIMESTAMP"]),
  StartingPositionTimestamp: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0))),
  FilterCriteria: v.optional(
    v.strictObject({ Filters: v.pipe(v.array(v.strictObject({ Pattern: v.string() })), v.minLength(1)) }),
  ),
  BatchSize: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(10_000)), 100),
  MaximumBatchingWindowInSeconds: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(300))),
  FunctionResponseTypes: v.optional(v.array(v.literal("ReportBatchItemFailures")), []),
  ProvisionedPollerConfig: v.optional(
    v.strictObject({
      MinimumPollers: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(200)), 1),
      MaximumPollers: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(2_000)), 200),
      PollerGroupName: v.optional(v.string()),
    }),
  ),
  BisectBatchOnFunctionError: v.optional(v.boolean(), false),
  MaximumRetryAttempts: v.optional(v.pipe(v.number(), v.integer(), v.minValue(-1), v.maxValue(10_000)), -1),
  MaximumRecordAgeInSeconds: v.optional(
    v.pipe(
      v.number(),
      v.integer(),
      v.check((seconds) => seconds === -1 || (seconds >= 60 && seconds <= 604_800), "must be -1 or 60 to 604800"),
    ),
    -1,
  ),
  DestinationConfig: v.optional(
    v.strictObject({
      OnFailure: v.strictObject({
        Destination: v.pipe(v.string(), v.regex(/^kafka:\/\/[a-zA-Z0-9._-]{4,249}$/, "must be kafka://TOPIC here")),
      }),
    }),
  ),
  Enabled: v.optional(v.boolean(), true),
  // Nothing here is encrypted, counted or logged by Lambda: what these say changes nothing.
  KmsKeyArn: v.optional(v.unknown()),
  MetricsConfig: v.optional(v.unknown()),
  LoggingConfig: v.optional(v.unknown()),
  Tags: v.optional(v.unknown()),
});

/** One event source mapping of the templates. */
export interface MappingDefinition {
  readonly id: string;
  readonly eventSourceArn: string;
  /** Name or ARN. */
  readonly functionName: string;
  readonly topic: string;
  readonly consumerGroup: string;
  /** Secret of the SCRAM user that reads; undefined reads with IAM, as the function's role. */
  readonly scramSecretArn: string | undefined;
  readonly fromBeginning: boolean;
  /** The time at which a new group begins, epoch ms; undefined leaves it to `fromBeginning`. */
  readonly startingTimestampMs: number | undefined;
  /** Whether the function gets a record. */
  readonly wants: (record: MskRecord) => boolean;
  /** Records an invocation, at most. */
  readonly batchSize: number;
  /** How long records may wait for others, ms. */
  readonly windowMs: number;
  readonly reportsBatchItemFailures: boolean;
  /** Whether a batch whose invocation fails comes again in halves. */
  readonly bisects: boolean;
  /** How often a failed record is sent again; Infinity for no end. */
  readonly retryAttempts: number;
  /** The age in ms from which a record is not sent again; Infinity for none. */
  readonly maxRecordAgeMs: number;
  /** Topic of what is not sent again; undefined drops it. */
  readonly onFailureTopic: string | undefined;
  readonly enabled: boolean;
}

/** What these properties are without provisioned mode, which alone has them. */
const onDemand = {
  MaximumRetryAttempts: -1,
  MaximumRecordAgeInSeconds: -1,
  BisectBatchOnFunctionError: false,
  MetricsConfig: undefined,
  LoggingConfig: undefined,
} as const;

/** Lambda's batching window where the mapping names none. */
const defaultWindowMs = 500;

/** @throws BackboneError TEMPLATE_UNSUPPORTED naming every property that the runner cannot carry out, or that Lambda would refuse */
export function defineMapping(resource: Resource, resolve: Resolve): MappingDefinition {
  const parsed = v.safeParse(propertiesSchema, resolve(resource.stack, resource.properties));
  if (!parsed.success) throw refused(resource, v.summarize(parsed.issues));
  const properties = parsed.output;
  if (properties.FunctionResponseTypes.length > 0 && properties.ProvisionedPollerConfig === undefined)
    throw refused(
      resource,
      "FunctionResponseTypes needs ProvisionedPollerConfig: partial batch responses exist in provisioned mode only",
    );
  const provisionedOnly = (Object.keys(onDemand) as (keyof typeof onDemand)[]).filter(
    (name) => properties[name] !== onDemand[name],
  );
  const destination = properties.DestinationConfig?.OnFailure.Destination.slice("kafka://".length);
  if (properties.ProvisionedPollerConfig === undefined && (provisionedOnly.length > 0 || destination !== undefined))
    throw refused(
      resource,
      `${provisionedOnly[0] ?? "a Kafka destination"} needs ProvisionedPollerConfig: it exists in provisioned mode only`,
    );
  if (destination !== undefined && properties.Topics.includes(destination))
    throw refused(resource, "the on-failure destination must be another topic than the source");
  const { StartingPosition: position, StartingPositionTimestamp: seconds } = properties;
  if ((position === "AT_TIMESTAMP") !== (seconds !== undefined))
    throw refused(resource, "StartingPosition AT_TIMESTAMP and StartingPositionTimestamp take each other");
  const window = properties.MaximumBatchingWindowInSeconds;
  return {
    id: resource.logicalId,
    eventSourceArn: properties.EventSourceArn,
    functionName: properties.FunctionName,
    topic: properties.Topics[0] ?? "",
    consumerGroup: properties.AmazonManagedKafkaEventSourceConfig.ConsumerGroupId,
    scramSecretArn: properties.SourceAccessConfigurations?.[0].URI,
    fromBeginning: position === "TRIM_HORIZON",
    startingTimestampMs: seconds === undefined ? undefined : seconds * 1_000,
    wants: compileRecordFilter((properties.FilterCriteria?.Filters ?? []).map(({ Pattern }) => Pattern)),
    batchSize: properties.BatchSize,
    windowMs: window === undefined ? defaultWindowMs : window * 1000,
    reportsBatchItemFailures: properties.FunctionResponseTypes.length > 0,
    bisects: properties.BisectBatchOnFunctionError,
    retryAttempts: retriesOf(properties.MaximumRetryAttempts, destination),
    maxRecordAgeMs:
      properties.MaximumRecordAgeInSeconds === -1
        ? Number.POSITIVE_INFINITY
        : properties.MaximumRecordAgeInSeconds * 1_000,
    onFailureTopic: destination,
    enabled: properties.Enabled,
  };
}

/** Lambda makes 10 retries of no end where there is an on-failure destination. */
function retriesOf(given: number, destination: string | undefined): number {
  if (given >= 0) return given;
  return destination === undefined ? Number.POSITIVE_INFINITY : 10;
}

function refused(resource: Resource, why: string): BackboneError {
  return new BackboneError("TEMPLATE_UNSUPPORTED", `event source mapping ${resource.logicalId}: ${why}`);
}
