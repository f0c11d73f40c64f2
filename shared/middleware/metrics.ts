import * as v from "valibot";
import { type LineOutput, writeLine } from "../logging/index.ts";
import { emfLine, type Metric } from "../metrics/index.ts";
import { parseOptions } from "../options/index.ts";
import { type Batch, type BatchRequest, batchOf, type RecordOutcome } from "../processing/index.ts";

export interface MetricsOptions {
  /** Name of the function, dimension `Service`. 1–250 characters. */
  readonly service: string;
  /** Dimension `ConsumerGroup`. 1–250 characters. */
  readonly consumerGroup: string;
  /**
   * CloudWatch namespace: 1–255 ASCII characters without a space or colon in front, and none of AWS' own (`AWS/`).
   *
   * @default "EventBackbone"
   * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricData.html
   */
  readonly namespace?: string;
  /** @default standard output */
  readonly write?: LineOutput;
  /** @default () => new Date() */
  readonly now?: () => Date;
}

const dimension = () =>
  v.pipe(v.string(), v.regex(/^[\x21-\x7e][\x20-\x7e]{0,249}$/, "must be 1–250 ascii characters"));
const optionsSchema = v.strictObject({
  service: dimension(),
  consumerGroup: dimension(),
  namespace: v.optional(
    v.pipe(
      v.string(),
      v.regex(
        /^(?!AWS\/|:)[\x21-\x7e][\x20-\x7e]{0,254}$/,
        "must be 1–255 ascii characters, without a space, a colon or AWS/ in front",
      ),
    ),
    "EventBackbone",
  ),
  write: v.optional(
    v.custom<LineOutput>((write) => typeof write === "function", "must be a function"),
    () => writeLine,
  ),
  now: v.optional(v.custom<() => Date>((now) => typeof now === "function", "must be a function")),
});

/**
 * Writes one line of metrics a batch and topic, in CloudWatch's embedded metric format, however the invocation ends.
 *
 * Counts `RecordsReceived`, `RecordsProcessed`, `RecordsDuplicate`, `RecordsDeadLettered`, `RecordsUnfinished`: the last
 * four add up to the first. When the invocation fails before there are outcomes, all its records are unfinished.
 * Milliseconds: `DecodeTime` of the whole batch, and `OldestRecordAgeBefore` and `OldestRecordAgeAfter`, the age of the
 * batch's oldest record by its Kafka timestamp when the batch came and when it was done.
 * Dimensions: `Service`, `ConsumerGroup`, `Topic`.
 *
 * A record that comes again is counted again. CloudWatch takes each line at least once. An event that is none of MSK has
 * no records and writes nothing; Lambda counts it among the function's errors.
 *
 * Use it before `cloudEvents()`, so that the time of decoding lies between the two ages.
 *
 * @throws BackboneError INVALID_OPTIONS
 */
export function metrics(options: MetricsOptions) {
  const {
    service,
    consumerGroup,
    namespace,
    write,
    now = () => new Date(),
  } = parseOptions("metrics", optionsSchema, options);

  function metricsBefore(request: BatchRequest): void {
    const receivedAt = now();
    const batch = batchOf(request);
    batch.writeMetrics = () => {
      const timestamp = now();
      for (const [topic, measured] of measuredByTopic(batch, receivedAt, timestamp)) {
        const dimensions = { Service: service, ConsumerGroup: consumerGroup, Topic: topic };
        write(emfLine({ namespace, timestamp, dimensions, metrics: measured }));
      }
    };
  }

  function metricsEnd(request: BatchRequest): void {
    const batch = batchOf(request);
    const { writeMetrics } = batch;
    // A middleware around this one may fail after this one's `after`, which would count the batch twice.
    delete batch.writeMetrics;
    writeMetrics?.();
  }

  return { before: metricsBefore, after: metricsEnd, onError: metricsEnd };
}

/** A mapping reads one topic; an event that was put together by hand may hold more. */
function measuredByTopic({ records = [], outcomes, decodeMs }: Batch, receivedAt: Date, doneAt: Date) {
  const statuses = new Map(outcomes?.map(({ record, status }) => [record, status]));
  const topics = Map.groupBy(records, ({ source }) => source.topic);
  return [...topics].map(([topic, ofTopic]): [topic: string, measured: Metric[]] => {
    const counts: Record<RecordOutcome["status"], number> = {
      processed: 0,
      duplicate: 0,
      deadLettered: 0,
      unfinished: 0,
    };
    for (const record of ofTopic) counts[statuses.get(record) ?? "unfinished"]++;
    const oldestMs = oldestTimestampMs(ofTopic.map(({ source }) => source.timestampMs));
    return [
      topic,
      [
        count("RecordsReceived", ofTopic.length),
        count("RecordsProcessed", counts.processed),
        count("RecordsDuplicate", counts.duplicate),
        count("RecordsDeadLettered", counts.deadLettered),
        count("RecordsUnfinished", counts.unfinished),
        ...milliseconds("DecodeTime", decodeMs),
        ...milliseconds("OldestRecordAgeBefore", receivedAt.getTime() - oldestMs),
        ...milliseconds("OldestRecordAgeAfter", doneAt.getTime() - oldestMs),
      ],
    ];
  });
}

/** NaN when no record has a timestamp, which Kafka gives as -1. A loop, since a call takes no 10,000 arguments for sure. */
function oldestTimestampMs(timestamps: readonly number[]): number {
  let oldest = Number.NaN;
  for (const timestampMs of timestamps) if (timestampMs >= 0 && !(timestampMs >= oldest)) oldest = timestampMs;
  return oldest;
}

function count(name: string, value: number): Metric {
  return { name, unit: "Count", value };
}

/** Nothing for what could not be measured; 0 for a record from a clock ahead of this one. */
function milliseconds(name: string, value: number | undefined): Metric[] {
  if (value === undefined || Number.isNaN(value)) return [];
  return [{ name, unit: "Milliseconds", value: Math.max(0, Math.round(value * 1_000) / 1_000) }];
}
