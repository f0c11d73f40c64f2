import type { CloudEventV1 } from "cloudevents";
import type { RecordKey } from "../cloudevents/index.ts";
import type { OutgoingEvent } from "../kafka/index.ts";
import type { SourceRecord } from "../msk-event/index.ts";

/** The primary key of an item: partition key and, where the table has one, sort key. */
export type ItemKey = Readonly<Record<string, string | number | Uint8Array>>;

/**
 * What a failed condition says:
 * - `redecide`: the state moved after the decision read it; decide again on fresh state (`maxRedecisions`). A decision that
 *   comes to the same condition each time, in vain, counts as an attempt: CONDITION_NEVER_MET;
 * - `duplicateOfBusinessKey`: another event took effect under the same business key: dead letter DUPLICATE_BUSINESS_KEY;
 * - `ruleViolated`: the event must not take effect: dead letter RULE_VIOLATED;
 * - `taken`: the item is another's, who will leave: decided again until then or until time runs out, when the record comes
 *   again (STATE_MOVED). However often it fails, it counts no attempt.
 */
export type ConditionMeaning = "redecide" | "duplicateOfBusinessKey" | "ruleViolated" | "taken";

interface ConditionalWrite {
  readonly table: string;
  readonly key: ItemKey;
  /** A DynamoDB condition expression, never empty: a write without a condition is refused. */
  readonly condition: string;
  readonly onConditionFailed: ConditionMeaning;
  /**
   * Attribute of the item that holds the id of the event that wrote it: with `duplicateOfBusinessKey` the error then
   * names that event.
   */
  readonly eventIdAttribute?: string;
  /** Expression attribute names, `#name` → attribute. */
  readonly names?: Readonly<Record<string, string>>;
  /** Expression attribute values, `:value` → value in plain JavaScript. */
  readonly values?: Readonly<Record<string, unknown>>;
}

/** One conditional write of one item. */
export type Write =
  | (ConditionalWrite & { readonly action: "put" /** Attributes besides the key. */; readonly item: object })
  | (ConditionalWrite & { readonly action: "update" /** A DynamoDB update expression. */; readonly update: string })
  | (ConditionalWrite & { readonly action: "delete" });

/**
 * Adds to a number attribute. Increments of one item, by one record or by many, are merged into one update; each keeps
 * its own bound.
 */
export interface Increment {
  readonly table: string;
  readonly key: ItemKey;
  readonly attribute: string;
  /**
   * A whole number other than 0, at most 2^53 − 1; negative to take away. No fractions, because their sums are not exact:
   * count in the smallest unit.
   */
  readonly by: number;
  /**
   * The least that the attribute may be afterwards, a whole number; when it would be less (or is not there), it is
   * decided again, as with `redecide`: the decision has to look at what is there then.
   */
  readonly atLeast?: number;
}

/** An event to publish. */
export interface Publication {
  /** One that `outbox()` has a serializer for. */
  readonly topic: string;
  /**
   * Its `id` has to be the same when it is decided again.
   *
   * @default id: derived from the consumer group, the consumed event's source and id, and the place in `publish`
   */
  readonly event: OutgoingEvent;
  /** Events of one key go to one partition. @default partitionKey, the event's `partitionkey`; without one no key */
  readonly key?: RecordKey;
}

/**
 * What a decision wants to happen: all of it, together with the claim of its event, or nothing.
 *
 * At most 100 items with the claim, 4 MB, each item written at most once (increments of one item count as one). All events
 * of a record are one item, of at most 400 KB.
 */
export interface Effects {
  readonly writes?: readonly Write[];
  readonly increments?: readonly Increment[];
  /**
   * Events, published in this order once the rest is committed: at least once, with the same ids each time. Those of
   * records of one key are published in the order of these records. Needs `outbox()`.
   */
  readonly publish?: readonly Publication[];
}

/**
 * Decides what an event means. It may read state and performs nothing: it runs again when the state moved, when a
 * record is delivered again, and for duplicates.
 *
 * What it throws decides what happens: a retriable BackboneError, or an error of the AWS SDK that speaks of network,
 * throttling or a server failure → the record comes again; any other BackboneError → dead letter with its code;
 * anything else → tried again up to `maxAttempts`, then dead letter HANDLER_FAILED.
 */
export type Decide<T> = (event: CloudEventV1<T>, record: SourceRecord) => Promise<Effects> | Effects;
