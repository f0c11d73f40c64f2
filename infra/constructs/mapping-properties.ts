import type { CfnEventSourceMappingProps } from "aws-cdk-lib/aws-lambda";
import type { MappingSettings } from "./mapping-settings.ts";

/** The settings that say all by themselves, as properties of `AWS::Lambda::EventSourceMapping`; what is not set is left out. */
export function mappingProperties(settings: MappingSettings): Partial<CfnEventSourceMappingProps> {
  const { enabled, batchSize, batchWindow, filters, filterKey } = settings;
  return {
    ...(enabled === undefined ? {} : { enabled }),
    ...(batchSize === undefined ? {} : { batchSize }),
    ...(batchWindow === undefined ? {} : { maximumBatchingWindowInSeconds: batchWindow.toSeconds() }),
    ...startOf(settings),
    ...(filters === undefined
      ? {}
      : { filterCriteria: { filters: filters.map((pattern) => ({ pattern: JSON.stringify(pattern) })) } }),
    ...(filterKey === undefined ? {} : { kmsKeyArn: filterKey.keyArn }),
    ...provisionedOf(settings),
  };
}

function startOf({ startingPosition = "TRIM_HORIZON", startingTimestamp }: MappingSettings) {
  return {
    startingPosition,
    ...(startingTimestamp === undefined
      ? {}
      : { startingPositionTimestamp: Math.floor(startingTimestamp.getTime() / 1_000) }),
  };
}

function provisionedOf(settings: MappingSettings) {
  const { pollers, pollerGroup, partialBatchResponse, bisectBatchOnError, retryAttempts, maxRecordAge } = settings;
  const { metrics, logLevel } = settings;
  return {
    ...(pollers === undefined
      ? {}
      : {
          provisionedPollerConfig: {
            minimumPollers: pollers.minimum,
            maximumPollers: pollers.maximum,
            ...(pollerGroup === undefined ? {} : { pollerGroupName: pollerGroup }),
          },
        }),
    ...(partialBatchResponse ? { functionResponseTypes: ["ReportBatchItemFailures"] } : {}),
    ...(bisectBatchOnError ? { bisectBatchOnFunctionError: true } : {}),
    ...(retryAttempts === undefined ? {} : { maximumRetryAttempts: retryAttempts }),
    ...(maxRecordAge === undefined ? {} : { maximumRecordAgeInSeconds: maxRecordAge.toSeconds() }),
    ...(metrics === undefined ? {} : { metricsConfig: { metrics: [...metrics] } }),
    ...(logLevel === undefined ? {} : { loggingConfig: { systemLogLevel: logLevel } }),
  };
}
