import type { CloudEventV1 } from "cloudevents";
import { type ClaimKey, claimIdOf } from "../idempotency/index.ts";
import type { SourceRecord } from "../msk-event/index.ts";
import type { Attempt, AttemptParts } from "./settle.ts";
import { bookkeeping } from "./transaction.ts";
import type { Verdict } from "./verdict.ts";

/**
 * Does what an event asks for, outside of DynamoDB: calls another service, sends a mail. What it throws decides what
 * happens, as for a `Decide`.
 *
 * @param signal aborted shortly before the invocation ends; the record comes again then
 */
export type Run<T> = (event: CloudEventV1<T>, record: SourceRecord, signal: AbortSignal) => Promise<void> | void;

export interface LeaseParts extends AttemptParts {
  /** Names of owners: at most 36 characters, never the same twice. */
  readonly newToken: () => string;
  /** When the invocation is over at the latest: nobody else runs the event before. */
  readonly leasedUntil: Date;
}

/**
 * One try at a record whose effects lie outside: lease the event, run, exchange the lease for the claim.
 *
 * At-least-once: an invocation that dies between the effect and the claim leaves a lease that ends by itself; after that
 * the event is run again.
 */
export function runUnderLease<T>(run: Run<T>, parts: LeaseParts): Attempt<T> {
  const { claims, deadline, group, now, newToken, leasedUntil } = parts;
  const { store, consumerGroup, ttlSeconds } = claims;

  function acquire(key: ClaimKey, owner: string): Promise<Verdict> {
    return group.commit(
      bookkeeping(key.eventId, [
        [`claim ${claimIdOf(key)}`, { item: store.unclaimedItem(key), meaning: "claimed" }],
        [
          `lease ${claimIdOf(key)}`,
          { item: store.leaseItem({ ...key, owner, leasedUntil, now: now() }), meaning: "leased" },
        ],
      ]),
    );
  }

  function complete(key: ClaimKey, owner: string, eventType: string): Promise<Verdict> {
    const claim = store.claimItem({ ...key, eventType, claimedAt: now(), ttlSeconds });
    return group.commit(
      bookkeeping(key.eventId, [
        [`claim ${claimIdOf(key)}`, { item: claim, meaning: "claimed" }],
        [`lease ${claimIdOf(key)}`, { item: store.releaseItem({ ...key, owner }), meaning: "leased" }],
      ]),
    );
  }

  async function release(key: ClaimKey, owner: string): Promise<void> {
    const item = store.releaseItem({ ...key, owner });
    await group.commit(bookkeeping(key.eventId, [[`lease ${claimIdOf(key)}`, { item, meaning: "leased" }]]));
  }

  return async (event, source) => {
    const key = { consumerGroup, source: event.source, eventId: event.id };
    // One owner a try: an event that stands twice in a batch is not run twice at once.
    const owner = newToken();
    const leased = await acquire(key, owner);
    if (leased.status !== "processed") return leased;
    try {
      await group.whileDeciding(() => deadline.race(() => run(event, source, deadline.signal)));
    } catch (error) {
      // A run that the deadline has left may still be running: its lease keeps others away until it cannot be.
      if (!deadline.signal.aborted) await release(key, owner);
      throw error;
    }
    return complete(key, owner, event.type);
  };
}
