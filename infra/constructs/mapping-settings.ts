import type { Duration } from "aws-cdk-lib";
import type { Service, Topic } from "../../shared/access/index.ts";
import { BackboneError } from "../../shared/errors.ts";

/** Settings of an event source mapping for Kafka, with Lambda's defaults. */
export interface MappingSettings {
  /** Function's time for one batch. A mapping allows 14 minutes at most. */
  readonly timeout: Duration;
  /** Records of one invocation at most, 1 to 10,000. @default 100 */
  readonly batchSize?: number;
  /** How long a batch may fill, whole seconds, 0 to 300. @default 500 ms, which cannot be set */
  readonly batchWindow?: Duration;
  /** Where a new consumer group begins; an existing one goes on where it was. @default "TRIM_HORIZON" */
  readonly startingPosition?: "TRIM_HORIZON" | "LATEST";
  /** Provisioned mode: minimum 1 to 200, maximum 1 to 2,000 and never more than partitions. @default on demand */
  readonly pollers?: { readonly minimum: number; readonly maximum: number };
  /** The function names the records that come again; the others are done. Provisioned mode. @default false */
  readonly partialBatchResponse?: boolean;
  /** A batch that fails comes again in halves. Provisioned mode. @default false */
  readonly bisectBatchOnError?: boolean;
  /** How often a batch comes again, 0 to 10,000, or -1 for no end. Provisioned mode. @default -1 */
  readonly retryAttempts?: number;
  /** Older records are no longer retried, 60 s to 7 days. Provisioned mode. @default no limit */
  readonly maxRecordAge?: Duration;
  /**
   * What is retried in vain, or too old to be retried, goes to the service's dead-letter topic instead of being dropped.
   * Provisioned mode; takes `retryAttempts`, since Lambda would make 10 of no end.
   * https://docs.aws.amazon.com/lambda/latest/dg/kafka-on-failure-destination.html
   *
   * @default false
   */
  readonly offloadToDeadLetters?: boolean;
}

/** https://docs.aws.amazon.com/lambda/latest/dg/kafka-scaling-modes.html, kafka-retry-configurations.html */
const needsProvisionedMode = [
  "partialBatchResponse",
  "bisectBatchOnError",
  "retryAttempts",
  "maxRecordAge",
  "offloadToDeadLetters",
] as const;

/**
 * Refuses, before anything is deployed, what Lambda would refuse, or take and ignore.
 *
 * @throws BackboneError INVALID_OPTIONS that names every wrong setting at once
 */
export function checkMapping(settings: MappingSettings, { service, topic }: { service: Service; topic: Topic }): void {
  const problems = [
    ...consumption(service, topic),
    ...outOfRange("batchSize", settings.batchSize, 1, 10_000),
    ...outOfRange("batchWindow", settings.batchWindow?.toSeconds({ integral: false }), 0, 300, "seconds"),
    ...outOfRange("timeout", settings.timeout.toSeconds(), 1, 840, "seconds"),
    ...pollerProblems(settings, topic),
    ...outOfRange("retryAttempts", settings.retryAttempts, -1, 10_000),
    ...outOfRange("maxRecordAge", settings.maxRecordAge?.toSeconds({ integral: false }), 60, 604_800, "seconds"),
    ...offloading(settings, service),
  ];
  if (problems.length > 0) {
    throw new BackboneError(
      "INVALID_OPTIONS",
      `event source mapping of ${service.name} for ${topic.name}: ${problems.join("; ")}`,
    );
  }
}

function consumption(service: Service, topic: Topic): string[] {
  return service.consumes.includes(topic.name)
    ? []
    : [`topic: must be one that the service consumes (${service.consumes.join(", ") || "none"}), got '${topic.name}'`];
}

function offloading({ offloadToDeadLetters, retryAttempts = -1 }: MappingSettings, service: Service): string[] {
  if (!offloadToDeadLetters) return [];
  return [
    ...(service.deadLetters ? [] : ["offloadToDeadLetters: the service must have dead-letter topics"]),
    ...(retryAttempts < 0
      ? [`retryAttempts: must be 0 or more with offloadToDeadLetters, got ${retryAttempts}; Lambda would make 10 of it`]
      : []),
  ];
}

function outOfRange(name: string, value: number | undefined, least: number, most: number, unit?: string): string[] {
  if (value === undefined || (Number.isInteger(value) && value >= least && value <= most)) return [];
  return [`${name}: must be an integer of ${least} to ${most}${unit === undefined ? "" : ` ${unit}`}, got ${value}`];
}

function pollerProblems(settings: MappingSettings, topic: Topic): string[] {
  const { pollers } = settings;
  if (pollers === undefined) {
    return needsProvisionedMode
      .filter((name) => settings[name] !== undefined && settings[name] !== false)
      .map((name) => `${name}: needs provisioned mode, set pollers too`);
  }
  return [
    ...outOfRange("pollers.minimum", pollers.minimum, 1, 200),
    ...outOfRange("pollers.maximum", pollers.maximum, 1, 2_000),
    ...(pollers.minimum > pollers.maximum
      ? [`pollers.minimum: must be at most pollers.maximum, ${pollers.maximum}, got ${pollers.minimum}`]
      : []),
    ...(pollers.maximum > topic.partitions
      ? [`pollers.maximum: must be at most ${topic.partitions}, the topic's partitions, got ${pollers.maximum}`]
      : []),
  ];
}
