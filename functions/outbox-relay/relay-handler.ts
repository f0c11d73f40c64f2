import * as v from "valibot";
import { BackboneError } from "../../shared/errors.ts";
import { type LineOutput, type Logger, writeLine } from "../../shared/logging/index.ts";
import { emfLine, type Metric } from "../../shared/metrics/index.ts";
import type { OutboxRelay, RelayedKey } from "../../shared/outbox/index.ts";
import { insertionsOf, type StreamBatchResponse } from "./stream-event.ts";

export interface RelayHandlerParts {
  readonly relay: OutboxRelay;
  /** Dimension `Service` of the metrics. */
  readonly service: string;
  /** A sweep leaves younger items to the stream, in milliseconds. */
  readonly sweepOlderThanMs: number;
  /** Time that a send and the deletion after it may take, in milliseconds: none begins later before the function's end. */
  readonly marginMs: number;
  readonly logger: Logger;
  /** @default standard output */
  readonly writeMetrics?: LineOutput;
  /** @default () => new Date() */
  readonly now?: () => Date;
}

/** What stops a key mostly stops them all. */
const maxReasons = 5;

const scheduledSchema = v.looseObject({ source: v.literal("aws.events"), "detail-type": v.literal("Scheduled Event") });

/**
 * The relay's two triggers: the stream of the outbox's table, and a schedule for what the stream has lost.
 *
 * The stream gets the first record whose key has to come again; the keys after it were served, and cost a read each when
 * they come again. A key that no repetition helps (see `OutboxRelay`) is not reported: it would hold the shard up.
 *
 * Metrics, one line an invocation, dimension `Service`: `EventsPublished`, `KeysUnfinished` (come again), `KeysHeldBack`
 * (need somebody), and of a sweep `OldestUnsentAge` in milliseconds.
 *
 * The handler rejects with MALFORMED_EVENT for an event of neither, and a sweep with DATABASE_UNAVAILABLE.
 */
export function createRelayHandler(parts: RelayHandlerParts) {
  const { relay, service, sweepOlderThanMs, marginMs, logger, writeMetrics = writeLine } = parts;
  const { now = () => new Date() } = parts;

  return async function handleRelay(
    event: unknown,
    context: { readonly getRemainingTimeInMillis: () => number },
  ): Promise<StreamBatchResponse | undefined> {
    const deadline = new Date(now().getTime() + context.getRemainingTimeInMillis() - marginMs);
    const insertions = insertionsOf(event);
    if (insertions !== undefined) {
      const keys = await relay.relayKeys(
        insertions.map(({ groupKey }) => groupKey),
        deadline,
      );
      report("stream", keys, []);
      const unfinished = new Set(keys.filter(({ error }) => error?.retriable).map(({ groupKey }) => groupKey));
      const first = insertions.find(({ groupKey }) => unfinished.has(groupKey));
      return { batchItemFailures: first === undefined ? [] : [{ itemIdentifier: first.sequenceNumber }] };
    }
    if (!v.is(scheduledSchema, event)) {
      throw new BackboneError("MALFORMED_EVENT", "the event is neither of a table's stream nor of a schedule");
    }
    const { keys, oldestAgeMs } = await relay.sweep({ olderThanMs: sweepOlderThanMs, deadline });
    report("sweep", keys, [{ name: "OldestUnsentAge", unit: "Milliseconds", value: oldestAgeMs }]);
    return undefined;
  };

  function report(trigger: string, keys: readonly RelayedKey[], metrics: readonly Metric[]): void {
    const counts = {
      EventsPublished: keys.reduce((sum, { sent }) => sum + sent, 0),
      KeysUnfinished: keys.filter(({ error }) => error?.retriable).length,
      KeysHeldBack: keys.filter(({ error }) => error && !error.retriable).length,
    };
    const counted = Object.entries(counts).map(([name, value]): Metric => ({ name, unit: "Count", value }));
    writeMetrics(
      emfLine({
        namespace: "EventBackbone",
        timestamp: now(),
        dimensions: { Service: service },
        metrics: [...counted, ...metrics],
      }),
    );
    const { EventsPublished: published, KeysUnfinished: unfinished, KeysHeldBack: heldBack } = counts;
    const reasons = [...new Set(keys.flatMap(({ error }) => (error ? [`${error.code}: ${error.message}`] : [])))];
    logger.info("outbox relayed", {
      ...{ trigger, keys: keys.length, published, unfinished, heldBack },
      ...(reasons.length > 0 && { reasons: reasons.slice(0, maxReasons).join("; ") }),
    });
  }
}
