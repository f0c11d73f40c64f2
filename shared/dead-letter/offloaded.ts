import * as v from "valibot";
import { type SourceRecord, sourceRecordsOf } from "../msk-event/index.ts";

/** A record that an event source mapping gave up, and what it says about that. */
export interface Offloaded {
  readonly source: SourceRecord;
  /** `RetriesExhausted`, `RetryAttemptsExhausted`, `MaximumPayloadSizeExceeded`, … */
  readonly condition: string;
  readonly functionName: string;
  readonly functionError: string | undefined;
  /** Invocations, about. */
  readonly attempts: number;
  /** ISO 8601, UTC. */
  readonly failedAt: string;
}

/** Made when it is needed: bundles of consumers, which never read dead letters, leave it out. */
function documentSchema() {
  return v.looseObject({
    requestContext: v.looseObject({
      functionArn: v.string(),
      condition: v.string(),
      approximateInvokeCount: v.optional(v.number(), 0),
    }),
    responseContext: v.nullish(v.looseObject({ functionError: v.nullish(v.string()) })),
    timestamp: v.string(),
    // An object on Kafka; text of one on S3.
    payload: v.union([v.looseObject({ records: v.looseObject({}) }), v.pipe(v.string(), v.parseJson())]),
  });
}

/**
 * The records in what a mapping wrote to its on-failure destination; undefined for anything else.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/kafka-on-failure-destination.html
 */
export function offloadedRecordsOf({ value }: SourceRecord): Offloaded[] | undefined {
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), documentSchema()), value?.toString("utf8"));
  if (!parsed.success) return undefined;
  const { requestContext, responseContext, timestamp, payload } = parsed.output;
  try {
    const sources = sourceRecordsOf(payload);
    return sources.length === 0
      ? undefined
      : sources.map((source) => ({
          source,
          condition: requestContext.condition,
          functionName: requestContext.functionArn.split(":")[6] ?? requestContext.functionArn,
          functionError: responseContext?.functionError ?? undefined,
          attempts: requestContext.approximateInvokeCount,
          failedAt: timestamp,
        }));
  } catch {
    // No event: the document is somebody else's.
    return undefined;
  }
}
