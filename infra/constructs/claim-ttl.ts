import { Duration } from "aws-cdk-lib";
import { claimLifeMs, retentionMsOf, type Topic } from "../../shared/access/index.ts";

/**
 * How long a claim has to live: as long as its record can come again (`claimLifeMs`), and a margin, for one with 7 days of
 * retention and segments of 1 day 31 + 1 = 32 days = 2,764,800 s.
 *
 * @throws BackboneError INVALID_OPTIONS for a topic that keeps its records for ever, or does not say how long
 */
export function claimTtl(source: Topic, margin: Duration): Duration {
  const ttl = Duration.millis(claimLifeMs(source)).plus(margin);
  // A topic's settings may be any number of milliseconds, the TTL is seconds.
  return Duration.seconds(Math.ceil(ttl.toSeconds({ integral: false })));
}

/**
 * How long a topic keeps its records.
 *
 * @throws BackboneError INVALID_OPTIONS for a topic that keeps its records for ever, or does not say how long
 */
export function retentionOf(source: Topic): Duration {
  return Duration.millis(retentionMsOf(source));
}
