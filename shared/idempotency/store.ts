import type { TransactWriteCommandInput } from "@aws-sdk/lib-dynamodb";

/** One action of a TransactWriteItems call, in plain JavaScript values as the document client takes them. */
export type TransactItem = NonNullable<TransactWriteCommandInput["TransactItems"]>[number];

/** What makes an event unique to a consumer: CloudEvents promises that `source` + `id` identify an event. */
export interface ClaimKey {
  readonly consumerGroup: string;
  readonly source: string;
  readonly eventId: string;
}

/** The mark that an event has taken effect for a consumer group. It is never taken back. */
export interface Claim extends ClaimKey {
  readonly eventType: string;
  readonly claimedAt: Date;
  /** Seconds until DynamoDB may delete the claim; an expired claim that is still there counts. */
  readonly ttlSeconds: number;
}

/** Why one action of a cancelled transaction failed; `none` means that it would have succeeded. */
export type CancellationReason = "none" | "conditionFailed" | "conflict" | "throttled" | "invalid";

export type TransactResult =
  | { readonly status: "committed" }
  /** Nothing took effect. One reason an action, in the order of the actions. */
  | { readonly status: "cancelled"; readonly reasons: readonly CancellationReason[] };

/**
 * Where claims live and where effects are committed together with them: one transaction, so that there is no moment at
 * which an effect exists without its claim.
 */
export interface IdempotencyStore {
  /** The action that writes the claim, under the single condition that no claim is there yet. */
  claimItem(claim: Claim): TransactItem;
  /** Whether the event has taken effect: a consistent read. Rejects with the database client's own error. */
  isClaimed(key: ClaimKey, signal?: AbortSignal): Promise<boolean>;
  /**
   * Commits all actions or none. `clientRequestToken` (≤ 36 characters) makes the repetition of the same actions after
   * a lost response succeed without a second effect, for 10 minutes. Rejects with the database client's own error when
   * there is no answer; the outcome is unknown then.
   */
  transact(items: readonly TransactItem[], clientRequestToken: string, signal?: AbortSignal): Promise<TransactResult>;
}
