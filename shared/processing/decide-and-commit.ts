import type { CloudEventV1 } from "cloudevents";
import { claimIdOf } from "../idempotency/index.ts";
import type { SourceRecord } from "../msk-event/index.ts";
import type { Decide } from "./effects.ts";
import type { Attempt, AttemptParts } from "./settle.ts";
import { transactionOf } from "./transaction.ts";

/** One try at a record whose effects are returned: the claim and the effects are one transaction. */
export function decideAndCommit<T>(decide: Decide<T>, { claims, deadline, group, now }: AttemptParts): Attempt<T> {
  return async (event: CloudEventV1<T>, source: SourceRecord) => {
    const transaction = await group.whileDeciding(async () => {
      const effects = await deadline.race(() => decide(event, source));
      const claim = { consumerGroup: claims.consumerGroup, source: event.source, eventId: event.id };
      const { ttlSeconds } = claims;
      const item = claims.store.claimItem({ ...claim, eventType: event.type, claimedAt: now(), ttlSeconds });
      return transactionOf(event.id, [`claim ${claimIdOf(claim)}`, item], effects);
    });
    return group.commit(transaction);
  };
}
