import type { DynamoDBRecord } from "aws-lambda";
import * as v from "valibot";

const responseSchema = v.looseObject({
  batchItemFailures: v.nullish(v.array(v.looseObject({ itemIdentifier: v.string() }))),
});

/**
 * The records that are sent again after a partial batch response: all from the lowest reported sequence number on.
 * Lambda's rules for the shape: null, no list or an empty list is success; anything that names no record of the batch
 * fails the whole batch.
 * Source: "Configuring partial batch response with DynamoDB and Lambda", AWS Lambda developer guide.
 */
export function failedFrom(batch: readonly DynamoDBRecord[], payload: unknown): readonly DynamoDBRecord[] {
  if (payload === null || payload === undefined) return [];
  const parsed = v.safeParse(responseSchema, payload);
  if (!parsed.success) return batch;
  const reported = (parsed.output.batchItemFailures ?? []).map(({ itemIdentifier }) =>
    batch.findIndex(({ dynamodb }) => dynamodb?.SequenceNumber === itemIdentifier),
  );
  if (reported.length === 0) return [];
  return batch.slice(Math.max(0, Math.min(...reported)));
}
