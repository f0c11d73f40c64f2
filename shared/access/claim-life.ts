import { BackboneError } from "../errors.ts";
import { deadLetterRetentionDays, deadLetterSegmentDays } from "./dead-letters.ts";
import type { Topic } from "./model.ts";

const msPerDay = 86_400_000;
/** Kafka's own, and hence that of brokers which do not let `segment.ms` be set. */
const defaultSegmentMs = 7 * msPerDay;

/**
 * For how long after its first failure a dead letter is redriven, however often it has failed since: as long as the dead
 * letter of that failure can lie in its topic, 14 days + 1 day = 15 days.
 */
export const redrivableMs = (deadLetterRetentionDays + deadLetterSegmentDays) * msPerDay;

/**
 * How long a topic keeps its records at least, milliseconds.
 *
 * @throws BackboneError INVALID_OPTIONS for a topic that keeps its records for ever, or does not say how long
 */
export function retentionMsOf({ name, configs }: Topic): number {
  const retentionMs = Number(configs["retention.ms"] ?? Number.NaN);
  if (retentionMs > 0) return retentionMs;
  throw new BackboneError(
    "INVALID_OPTIONS",
    `topic ${name}: retention.ms must be more than 0 for its consumers' claims to outlive its records, ` +
      `got ${configs["retention.ms"] ?? "nothing"}`,
  );
}

/**
 * How long a claim has to live, milliseconds: as long as its record can come again. A record stays in the topic for as long
 * as the topic can keep it, may be set aside at its end, be redriven until `redrivableMs` later, and lie in the topic as
 * long again: with 7 days of retention and segments of 1 day (7 + 1) + 15 + (7 + 1) = 31 days.
 *
 * @throws BackboneError INVALID_OPTIONS for a topic that keeps its records for ever, or does not say how long
 */
export function claimLifeMs(source: Topic): number {
  return longestStayMs(source) + redrivableMs + longestStayMs(source);
}

/**
 * Kafka deletes whole segments, when their newest record has had its time. The oldest one may be older by `segment.ms`.
 * https://kafka.apache.org/documentation/#topicconfigs_segment.ms
 */
function longestStayMs(source: Topic): number {
  return retentionMsOf(source) + Number(source.configs["segment.ms"] ?? defaultSegmentMs);
}
