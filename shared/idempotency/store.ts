import type { ConditionCheck, Delete, Put, Update } from "@aws-sdk/client-dynamodb";

type PlainValues = Record<string, unknown>;
/** The values that an action's expressions name, in plain JavaScript. */
export interface ExpressionValues {
  ExpressionAttributeValues?: PlainValues | undefined;
}
type OnItem<Action> = Omit<Action, "Item" | "ExpressionAttributeValues"> & ExpressionValues & { Item: PlainValues };
type OnKey<Action> = Omit<Action, "Key" | "ExpressionAttributeValues"> & ExpressionValues & { Key: PlainValues };

/**
 * One action of a TransactWriteItems call, its values in plain JavaScript: strings, numbers, bigints, booleans, null,
 * bytes, lists, sets and maps.
 */
export interface TransactItem {
  Put?: OnItem<Put> | undefined;
  Update?: OnKey<Update> | undefined;
  Delete?: OnKey<Delete> | undefined;
  ConditionCheck?: OnKey<ConditionCheck> | undefined;
}

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

/** The right to run an event, for a time: effects outside of the database need it. */
export interface Lease extends ClaimKey {
  /** Who has it, at most 36 characters: unique to a try. */
  readonly owner: string;
  readonly leasedUntil: Date;
  readonly now: Date;
}

/** A record at its place in a consumer group's source. */
export interface RecordKey {
  readonly consumerGroup: string;
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
}

/** What is known of a record that failed for its own sake. */
export interface Failures {
  /** How often it has failed, 0 or more. */
  readonly attempts: number;
  /** There once its dead letter is acknowledged: tells the record from another one that may lie at its place later. */
  readonly deadLettered?: string | undefined;
}

/** What is to be known of a record that failed, and for how long. */
export interface RecordFailures extends RecordKey, Failures {
  readonly notedAt: Date;
  /** Seconds until DynamoDB may delete it. */
  readonly ttlSeconds: number;
}

/** Why one action of a cancelled transaction failed. */
export interface CancellationReason {
  /** `none`: it would have succeeded. */
  readonly code: "none" | "conditionFailed" | "conflict" | "throttled" | "invalid";
  /** With `conditionFailed`, if the action asks for it (`ReturnValuesOnConditionCheckFailure`): the item that is there. */
  readonly existing?: Readonly<Record<string, unknown>>;
}

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
  /** The action that does nothing but fail the transaction when the claim is there. */
  unclaimedItem(key: ClaimKey): TransactItem;
  /** The action that takes the lease, under the condition that nobody has it, or that it has ended. */
  leaseItem(lease: Lease): TransactItem;
  /** The action that gives the lease back, under the condition that `owner` has it. */
  releaseItem(lease: ClaimKey & Pick<Lease, "owner">): TransactItem;
  /** What is known of a record's failures: 0 attempts when nothing is. A consistent read. Rejects as `isClaimed` does. */
  failuresOf(key: RecordKey, signal?: AbortSignal): Promise<Failures>;
  /** Replaces what is known; writing the same again changes nothing. Rejects as `isClaimed` does. */
  writeFailures(failures: RecordFailures, signal?: AbortSignal): Promise<void>;
  /** Whether the event has taken effect: a consistent read. Rejects with the database client's own error. */
  isClaimed(key: ClaimKey, signal?: AbortSignal): Promise<boolean>;
  /**
   * Commits all actions or none. `clientRequestToken` (≤ 36 characters) makes the repetition of the same actions after
   * a lost response succeed without a second effect, for 10 minutes. Rejects with the database client's own error when
   * there is no answer; the outcome is unknown then.
   */
  transact(items: readonly TransactItem[], clientRequestToken: string, signal?: AbortSignal): Promise<TransactResult>;
}
