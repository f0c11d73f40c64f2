import { Duration } from "aws-cdk-lib";
import { deadLetterRetentionDays, type Topic } from "../../shared/access/index.ts";
import { BackboneError } from "../../shared/errors.ts";

/**
 * How long a claim has to live: as long as its record can come again. A record stays in the topic for the topic's
 * retention, may be set aside at its end, and be redriven at the end of the dead-letter topic's retention:
 * 7 days + 14 days + a margin of 1 day = 22 days = 1,900,800 s.
 *
 * @throws BackboneError INVALID_OPTIONS for a topic that keeps its records for ever, or does not say how long
 */
export function claimTtl(source: Topic, margin: Duration): Duration {
  const ttl = retentionOf(source).plus(Duration.days(deadLetterRetentionDays)).plus(margin);
  // A topic's retention may be any number of milliseconds, the TTL is seconds.
  return Duration.seconds(Math.ceil(ttl.toSeconds({ integral: false })));
}

/**
 * How long a topic keeps its records.
 *
 * @throws BackboneError INVALID_OPTIONS for a topic that keeps its records for ever, or does not say how long
 */
export function retentionOf(source: Topic): Duration {
  const retentionMs = Number(source.configs["retention.ms"] ?? Number.NaN);
  if (!(retentionMs > 0)) {
    throw new BackboneError(
      "INVALID_OPTIONS",
      `topic ${source.name}: retention.ms must be more than 0 for its consumers' claims to outlive its records, ` +
        `got ${source.configs["retention.ms"] ?? "nothing"}`,
    );
  }
  return Duration.millis(retentionMs);
}
