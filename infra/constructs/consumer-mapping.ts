import { Duration } from "aws-cdk-lib";
import type { Topic } from "../../shared/access/index.ts";
import type { ConsumerConfig } from "../config.ts";
import { retentionOf } from "./claim-ttl.ts";
import type { MappingSettings } from "./mapping-settings.ts";

/**
 * A stage's choice as settings of the mapping. On demand it can be told no more than the size of its batches: what fails
 * comes again whole for as long as the topic has it. With pollers of its own
 * - the function names the records that come again;
 * - what is retried in vain neither blocks its partition for ever nor is dropped: it is set aside on the dead-letter topic
 *   before the topic drops it. Until then it is retried, since a cause of the surroundings passes, and the partition keeps
 *   its order; its lag, a metric that Lambda keeps, is what to be woken by;
 * - Lambda tells how far behind it is, what it drops or offloads, and what of that fails.
 */
export function mappingOf(
  { batchSize, batchWindow, pollers }: ConsumerConfig,
  topic: Topic,
): Omit<MappingSettings, "timeout"> {
  if (pollers === undefined) return { batchSize, batchWindow };
  return {
    batchSize,
    batchWindow,
    pollers,
    partialBatchResponse: true,
    offloadToDeadLetters: true,
    // Whatever the pauses between them, so many take longer than an outage that is to be waited out: the age decides.
    retryAttempts: 10_000,
    maxRecordAge: sixSeventhsOf(topic),
    metrics: ["EventCount", "ErrorCount", "KafkaMetrics"],
  };
}

/** Of the topic's retention: the last day of seven is left to set aside. Lambda takes 60 s to 7 days. */
function sixSeventhsOf(topic: Topic): Duration {
  const keptSeconds = retentionOf(topic).toMilliseconds() / 1_000;
  return Duration.seconds(Math.min(Math.max(Math.floor((keptSeconds * 6) / 7), 60), 604_800));
}
