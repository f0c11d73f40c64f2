import * as v from "valibot";
import { BackboneError } from "../../shared/errors.ts";
import type { Resource } from "../template/assembly.ts";
import type { Resolve } from "../template/resolve.ts";
import { compileFilter } from "./event-filter.ts";

/**
 * The properties of a mapping of a table's stream that the runner carries out, with Lambda's bounds and defaults; strict,
 * as for topics.
 * Source: "Lambda parameters for Amazon DynamoDB event source mappings", AWS Lambda developer guide.
 */
const propertiesSchema = v.strictObject({
  EventSourceArn: v.string(),
  FunctionName: v.string(),
  StartingPosition: v.picklist(["TRIM_HORIZON", "LATEST"]),
  BatchSize: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(10_000)), 100),
  // A batch never waits to be filled here.
  MaximumBatchingWindowInSeconds: v.optional(v.literal(0)),
  ParallelizationFactor: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(10)), 1),
  FunctionResponseTypes: v.optional(v.array(v.literal("ReportBatchItemFailures")), []),
  BisectBatchOnFunctionError: v.optional(v.boolean(), false),
  MaximumRetryAttempts: v.optional(v.pipe(v.number(), v.integer(), v.minValue(-1), v.maxValue(10_000)), -1),
  FilterCriteria: v.optional(
    v.strictObject({ Filters: v.pipe(v.array(v.strictObject({ Pattern: v.string() })), v.minLength(1)) }),
  ),
  Enabled: v.optional(v.boolean(), true),
  Tags: v.optional(v.unknown()),
});

/** One event source mapping of a table's stream. */
export interface StreamDefinition {
  readonly id: string;
  readonly table: string;
  /** Name or ARN. */
  readonly functionName: string;
  readonly startingPosition: "TRIM_HORIZON" | "LATEST";
  /** Records an invocation, at most. */
  readonly batchSize: number;
  /** Batches of a shard side by side; the records of one item keep their order. */
  readonly parallelizationFactor: number;
  readonly reportsBatchItemFailures: boolean;
  readonly bisects: boolean;
  /** How often a batch is sent again before it is given up. */
  readonly maxRetries: number;
  /** Whether the mapping hands a record to the function. */
  readonly wants: (record: unknown) => boolean;
  readonly enabled: boolean;
}

const streamArn = /:dynamodb:.*:table\/([^/]+)\/stream\//;

/** Whether an event source mapping is one of a table's stream. */
export function isStreamMapping({ stack, properties }: Resource, resolve: Resolve): boolean {
  return streamArn.test(String(resolve(stack, properties.EventSourceArn)));
}

/** @throws BackboneError TEMPLATE_UNSUPPORTED naming every property that the runner cannot carry out, or that Lambda would refuse */
export function defineStreamMapping(resource: Resource, resolve: Resolve): StreamDefinition {
  const parsed = v.safeParse(propertiesSchema, resolve(resource.stack, resource.properties));
  if (!parsed.success)
    throw new BackboneError(
      "TEMPLATE_UNSUPPORTED",
      `event source mapping ${resource.logicalId}: ${v.summarize(parsed.issues)}`,
    );
  const properties = parsed.output;
  const filters = (properties.FilterCriteria?.Filters ?? []).map(({ Pattern }) => compileFilter(Pattern));
  return {
    id: resource.logicalId,
    table: streamArn.exec(properties.EventSourceArn)?.[1] ?? "",
    functionName: properties.FunctionName,
    startingPosition: properties.StartingPosition,
    batchSize: properties.BatchSize,
    parallelizationFactor: properties.ParallelizationFactor,
    reportsBatchItemFailures: properties.FunctionResponseTypes.length > 0,
    bisects: properties.BisectBatchOnFunctionError,
    maxRetries: properties.MaximumRetryAttempts === -1 ? Number.POSITIVE_INFINITY : properties.MaximumRetryAttempts,
    wants: (record) => filters.length === 0 || filters.some((matches) => matches(record)),
    enabled: properties.Enabled,
  };
}
