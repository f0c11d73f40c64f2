import * as v from "valibot";
import { BackboneError } from "../errors.ts";
import { parseOptions } from "../options/index.ts";
import { type BatchRequest, batchOf, countOutcomes, type RecordOutcome } from "../processing/index.ts";

export interface PartialBatchResponseOptions {
  /**
   * Whether the event source mapping has `FunctionResponseTypes: ["ReportBatchItemFailures"]`, which needs provisioned
   * mode. No event says it, and there is no default: a mapping without it ignores the return value and commits what is
   * reported as unfinished. It should be derived from where the mapping is defined; where it is not known, `false`
   * loses nothing.
   */
  readonly reportBatchItemFailures: boolean;
}

/**
 * What Lambda reads from the return value. `itemIdentifier` is an object; a text there, or a partition that was not in
 * the event, makes Lambda retry the whole batch.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-msk-partial-batch.html
 */
export interface PartialBatchResponse {
  readonly batchItemFailures: readonly {
    /** `<topic>-<partition number>`, as in the event, and the record's offset. */
    readonly itemIdentifier: { readonly partition: string; readonly offset: number };
  }[];
}

const optionsSchema = v.strictObject({
  reportBatchItemFailures: v.boolean(
    "must say whether the event source mapping has ReportBatchItemFailures: true or false",
  ),
});

/**
 * Forms the function's return value, alone: every unfinished record and every later record of its key in that partition,
 * whether or not the mapping sends later ones again by itself. Use it first, so that its `after` runs last.
 *
 * Where the mapping has no partial batch response, it throws when anything is unfinished, and the mapping retries the
 * whole batch; records that are done come again and are recognised by their claims.
 *
 * @throws BackboneError INVALID_OPTIONS; on invocation INVALID_OPTIONS when nobody said how the records ended,
 *   ACCOUNTING_FAILED when not every record ended once, and without partial batch response the code of the first
 *   unfinished record
 */
export function partialBatchResponse(options: PartialBatchResponseOptions) {
  const { reportBatchItemFailures } = parseOptions("partialBatchResponse", optionsSchema, options);

  function partialBatchResponseBefore(request: BatchRequest): void {
    batchOf(request).reportsUnfinished = true;
  }

  function partialBatchResponseAfter(request: BatchRequest & { response: unknown }): void {
    const { records, outcomes } = batchOf(request);
    if (!records || !outcomes) {
      // To answer "all done" for records that nobody accounted for would commit them.
      throw new BackboneError(
        "INVALID_OPTIONS",
        "partialBatchResponse needs cloudEvents() and a handler that says how records ended: eachRecord() or reportOutcomes()",
      );
    }
    countOutcomes(records, outcomes);
    const unfinished = outcomes.filter((outcome) => outcome.status === "unfinished");
    const [first] = unfinished;
    if (first && !reportBatchItemFailures) {
      throw new BackboneError(
        first.error.code,
        `${unfinished.length} of ${outcomes.length} records are unfinished, the whole batch comes again since ` +
          `reportBatchItemFailures is false; first: ${first.error.message}`,
        { cause: first.error },
      );
    }
    request.response = { batchItemFailures: comingAgain(outcomes) } satisfies PartialBatchResponse;
  }

  // No onError: an error has to leave the function as an error, since any value, undefined too, commits the batch.
  return { before: partialBatchResponseBefore, after: partialBatchResponseAfter };
}

/** Unfinished records and later ones of their keys, in the order of the outcomes. */
function comingAgain(outcomes: readonly RecordOutcome[]): PartialBatchResponse["batchItemFailures"] {
  const firstUnfinished = new Map<string, number>();
  for (const outcome of outcomes) {
    const key = orderingKey(outcome);
    if (outcome.status !== "unfinished" || key === undefined) continue;
    const { offset } = outcome.record.source;
    firstUnfinished.set(key, Math.min(offset, firstUnfinished.get(key) ?? offset));
  }
  return outcomes
    .filter((outcome) => {
      const since = firstUnfinished.get(orderingKey(outcome) ?? "");
      return outcome.status === "unfinished" || (since !== undefined && outcome.record.source.offset > since);
    })
    .map(({ record: { source } }) => ({
      itemIdentifier: { partition: `${source.topic}-${source.partition}`, offset: source.offset },
    }));
}

/** Records with one of these in common are ordered among each other; undefined for a record without a key. */
function orderingKey({ record: { source } }: RecordOutcome): string | undefined {
  return source.key === null ? undefined : `${source.topic}-${source.partition}:${source.key.toString("base64")}`;
}
