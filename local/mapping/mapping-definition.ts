import * as v from "valibot";
import { BackboneError } from "../../shared/errors.ts";
import type { Resource } from "../template/assembly.ts";
import type { Resolve } from "../template/resolve.ts";

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
  StartingPosition: v.picklist(["TRIM_HORIZON", "LATEST"]),
  BatchSize: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(10_000)), 100),
  MaximumBatchingWindowInSeconds: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(300))),
  FunctionResponseTypes: v.optional(v.array(v.literal("ReportBatchItemFailures")), []),
  ProvisionedPollerConfig: v.optional(
    v.strictObject({
      MinimumPollers: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(200)), 1),
      MaximumPollers: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(2_000)), 200),
    }),
  ),
  Enabled: v.optional(v.boolean(), true),
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
  readonly fromBeginning: boolean;
  /** Records an invocation, at most. */
  readonly batchSize: number;
  /** How long records may wait for others, ms. */
  readonly windowMs: number;
  readonly reportsBatchItemFailures: boolean;
  readonly enabled: boolean;
}

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
  const window = properties.MaximumBatchingWindowInSeconds;
  return {
    id: resource.logicalId,
    eventSourceArn: properties.EventSourceArn,
    functionName: properties.FunctionName,
    topic: properties.Topics[0] ?? "",
    consumerGroup: properties.AmazonManagedKafkaEventSourceConfig.ConsumerGroupId,
    fromBeginning: properties.StartingPosition === "TRIM_HORIZON",
    batchSize: properties.BatchSize,
    windowMs: window === undefined ? defaultWindowMs : window * 1000,
    reportsBatchItemFailures: properties.FunctionResponseTypes.length > 0,
    enabled: properties.Enabled,
  };
}

function refused(resource: Resource, why: string): BackboneError {
  return new BackboneError("TEMPLATE_UNSUPPORTED", `event source mapping ${resource.logicalId}: ${why}`);
}
