import type { CloudEventV1 } from "cloudevents";
import { BackboneError } from "../errors.ts";
import { claimIdOf } from "../idempotency/index.ts";
import type { SourceRecord } from "../msk-event/index.ts";
import type { OutboxPolicy, PublicationOrigin } from "./batch.ts";
import { checkEffects } from "./check-effects.ts";
import type { Decide, Effects } from "./effects.ts";
import type { Attempt, AttemptParts } from "./settle.ts";
import { transactionOf } from "./transaction.ts";

export interface DecisionParts extends AttemptParts {
  readonly outbox: OutboxPolicy | undefined;
}

/** One try at a record whose effects are returned: the claim and the effects are one transaction. */
export function decideAndCommit<T>(decide: Decide<T>, parts: DecisionParts): Attempt<T> {
  const { claims, deadline, group, now, outbox } = parts;
  return async (event: CloudEventV1<T>, source: SourceRecord) => {
    const transaction = await group.whileDeciding(async () => {
      const decided = await deadline.race(() => decide(event, source));
      checkEffects(decided);
      const origin = { consumerGroup: claims.consumerGroup, event, record: source };
      const effects = await deadline.race(() => withOutbox(decided, outbox, origin));
      const claim = { consumerGroup: claims.consumerGroup, source: event.source, eventId: event.id };
      const { ttlSeconds } = claims;
      const item = claims.store.claimItem({ ...claim, eventType: event.type, claimedAt: now(), ttlSeconds });
      return transactionOf(event.id, [`claim ${claimIdOf(claim)}`, item], effects);
    });
    return group.commit(transaction);
  };
}

/**
 * The effects with one more write, which keeps the events to publish.
 *
 * @throws BackboneError INVALID_OPTIONS when there are some and no `outbox()`
 */
async function withOutbox(
  effects: Effects,
  outbox: OutboxPolicy | undefined,
  origin: PublicationOrigin,
): Promise<Effects> {
  const { publish = [], writes = [] } = effects;
  if (publish.length === 0) return effects;
  if (!outbox) throw new BackboneError("INVALID_OPTIONS", "a decision publishes events and no outbox() keeps them");
  return { ...effects, writes: [...writes, await outbox.writeOf(publish, origin)] };
}
