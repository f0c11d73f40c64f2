import * as v from "valibot";

const eventSchema = v.looseObject({
  Records: v.pipe(
    v.array(
      v.looseObject({
        eventSource: v.literal("aws:dynamodb"),
        eventName: v.string(),
        dynamodb: v.looseObject({
          SequenceNumber: v.string(),
          Keys: v.looseObject({ groupKey: v.looseObject({ S: v.string() }) }),
        }),
      }),
    ),
    v.minLength(1),
  ),
});

/** An item that was put into the outbox. */
export interface Insertion {
  readonly groupKey: string;
  readonly sequenceNumber: string;
}

/** A partial batch response for a stream: Lambda sends the batch again from the lowest sequence number on. */
export interface StreamBatchResponse {
  readonly batchItemFailures: readonly { readonly itemIdentifier: string }[];
}

/**
 * What was put into the outbox, in the order of the shard; undefined for an event that is none of a table's stream.
 * Deletions are left out: the mapping's filter keeps them away, and would be the first to be forgotten.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html
 */
export function insertionsOf(event: unknown): Insertion[] | undefined {
  const parsed = v.safeParse(eventSchema, event);
  if (!parsed.success) return undefined;
  return parsed.output.Records.filter(({ eventName }) => eventName === "INSERT").map(({ dynamodb }) => ({
    groupKey: dynamodb.Keys.groupKey.S,
    sequenceNumber: dynamodb.SequenceNumber,
  }));
}
