import * as v from "valibot";
import type { MskRecord } from "../../shared/msk-event/index.ts";

const responseSchema = v.looseObject({
  batchItemFailures: v.nullish(
    v.array(v.looseObject({ itemIdentifier: v.looseObject({ partition: v.string(), offset: v.number() }) })),
  ),
});

/**
 * The records that the function reports as failed, which are sent again. Lambda's rules for the shape: null, no list or
 * an empty list is success; anything that names no record of the batch fails the whole batch.
 * Source: "Configuring error handling controls for Kafka event sources", AWS Lambda developer guide.
 */
export function failedRecords(batch: readonly MskRecord[], payload: unknown): readonly MskRecord[] {
  if (payload === null || payload === undefined) return [];
  const parsed = v.safeParse(responseSchema, payload);
  if (!parsed.success) return batch;
  const identifiers = new Set(
    (parsed.output.batchItemFailures ?? []).map(({ itemIdentifier }) =>
      idOf(itemIdentifier.partition, itemIdentifier.offset),
    ),
  );
  const failed = batch.filter((record) => identifiers.has(idOf(`${record.topic}-${record.partition}`, record.offset)));
  return failed.length === identifiers.size ? failed : batch;
}

function idOf(partition: string, offset: number): string {
  return `${partition}@${offset}`;
}
