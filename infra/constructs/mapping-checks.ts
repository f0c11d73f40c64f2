import type { Service, Topic } from "../../shared/access/index.ts";
import { BackboneError } from "../../shared/errors.ts";
import { filterProblems } from "./mapping-filters.ts";
import { destinationsOf } from "./mapping-offload.ts";
import { schemaRegistryProblems } from "./mapping-schema-registry.ts";
import type { MappingSettings } from "./mapping-settings.ts";

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
    ...outOfRange("timeout", settings.timeout.toSeconds({ integral: false }), 1, 840, "seconds"),
    ...startProblems(settings),
    ...filterProblems(settings),
    ...pollerProblems(settings, topic),
    ...outOfRange("retryAttempts", settings.retryAttempts, -1, 10_000),
    ...outOfRange("maxRecordAge", settings.maxRecordAge?.toSeconds({ integral: false }), 60, 604_800, "seconds"),
    ...offloadProblems(settings, service),
    ...schemaRegistryProblems(settings.schemaRegistry),
    ...metricProblems(settings),
  ];
  if (problems.length > 0) {
    throw new BackboneError(
      "INVALID_OPTIONS",
      `event source mapping of ${service.name} for ${topic.name}: ${problems.join("; ")}`,
    );
  }
}

function consumption(service: Service, topic: Topic): string[] {
  return [
    ...(service.consumes.includes(topic.name)
      ? []
      : [
          `topic: must be one that the service consumes (${service.consumes.join(", ") || "none"}), got '${topic.name}'`,
        ]),
    // Without it the ACLs lack what Lambda asks for, and several mappings would share one group.
    ...(service.mapped
      ? []
      : [`service: must have event-source-mapping: true in the access file, of which its ACLs and its groups follow`]),
  ];
}

function startProblems({ startingPosition, startingTimestamp }: MappingSettings): string[] {
  if (startingPosition !== "AT_TIMESTAMP") {
    return startingTimestamp === undefined ? [] : ["startingTimestamp: needs startingPosition AT_TIMESTAMP"];
  }
  if (startingTimestamp === undefined) return ["startingTimestamp: must be set with startingPosition AT_TIMESTAMP"];
  const ms = startingTimestamp.getTime();
  if (ms >= 0 && ms <= Date.now()) return [];
  const got = Number.isNaN(ms) ? "no date" : startingTimestamp.toISOString();
  return [`startingTimestamp: must be between 1970 and now, got ${got}`];
}

/** https://docs.aws.amazon.com/lambda/latest/dg/kafka-scaling-modes.html, kafka-retry-configurations.html, esm-logging.html */
const needsProvisionedMode = [
  "pollerGroup",
  "partialBatchResponse",
  "bisectBatchOnError",
  "retryAttempts",
  "maxRecordAge",
  "offloadToDeadLetters",
  "schemaRegistry",
  "metrics",
  "logLevel",
] as const;

function pollerProblems(settings: MappingSettings, topic: Topic): string[] {
  const { pollers, pollerGroup } = settings;
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
    ...(pollerGroup === undefined || (pollerGroup.length >= 1 && pollerGroup.length <= 128)
      ? []
      : [`pollerGroup: must have 1 to 128 characters, got ${pollerGroup.length}`]),
  ];
}

function offloadProblems(settings: MappingSettings, service: Service): string[] {
  const [first, ...others] = destinationsOf(settings);
  if (first === undefined) return [];
  const { pollers, retryAttempts = -1 } = settings;
  return [
    ...(others.length === 0 ? [] : [`${first}: a mapping has one destination, got ${others.join(" and ")} as well`]),
    ...(settings.offloadToDeadLetters && !service.deadLetters
      ? ["offloadToDeadLetters: the service must have dead-letter topics"]
      : []),
    // On demand, nothing can be set.
    ...(retryAttempts < 0 && (pollers !== undefined || settings.offloadToDeadLetters)
      ? [`retryAttempts: must be 0 or more with ${first}, got ${retryAttempts}; Lambda would make 10 of it`]
      : []),
  ];
}

function metricProblems({ metrics }: MappingSettings): string[] {
  return metrics === undefined || (metrics.length > 0 && new Set(metrics).size === metrics.length)
    ? []
    : [`metrics: must be one at least and each once, got '${metrics.join(", ")}'`];
}

function outOfRange(name: string, value: number | undefined, least: number, most: number, unit?: string): string[] {
  if (value === undefined || (Number.isInteger(value) && value >= least && value <= most)) return [];
  return [`${name}: must be an integer of ${least} to ${most}${unit === undefined ? "" : ` ${unit}`}, got ${value}`];
}
