import { createHash } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import type { DynamoDBRecord } from "aws-lambda";
import type { LocalFunction } from "../lambda/local-function.ts";
import type { InvocationResult } from "../lambda/messages.ts";
import { maxPayloadBytes } from "../mapping/msk-event.ts";
import { failedFrom } from "./failed-from.ts";
import type { StreamDefinition } from "./stream-definition.ts";

export interface DeliveryOptions {
  readonly definition: StreamDefinition;
  readonly function: Pick<LocalFunction, "invoke">;
  readonly stopping: AbortSignal;
  /** Told of each batch that failed whole or in part and is sent again, or given up. */
  readonly onFailure: (info: {
    readonly records: number;
    readonly reason: string;
    readonly end: "comes again" | "is given up";
  }) => void;
  /** Bound of the first pause before a batch is sent again; it doubles with each. @default 200 ms */
  readonly firstPauseMs?: number;
}

const maxPauseMs = 10_000;

/**
 * Hands records of a shard to the function, in batches, until each is done or given up. Records of one item are handed
 * over one after the other, those of different items in as many batches side by side as the mapping allows.
 */
export async function deliver(records: readonly DynamoDBRecord[], options: DeliveryOptions): Promise<void> {
  const { definition } = options;
  const wanted = records.filter(definition.wants);
  const lanes = Map.groupBy(wanted, (record) => laneOf(record, definition.parallelizationFactor));
  await Promise.all(
    [...lanes.values()].map(async (lane) => {
      for (const batch of batchesOf(lane, definition.batchSize)) await invokeUntilDone(batch, options);
    }),
  );
}

function laneOf({ dynamodb }: DynamoDBRecord, lanes: number): number {
  return createHash("sha256").update(JSON.stringify(dynamodb?.Keys)).digest().readUInt32BE() % lanes;
}

function* batchesOf(records: readonly DynamoDBRecord[], batchSize: number): Generator<readonly DynamoDBRecord[]> {
  let batch: DynamoDBRecord[] = [];
  let bytes = 0;
  for (const record of records) {
    const recordBytes = Buffer.byteLength(JSON.stringify(record)) + 1;
    if (batch.length === batchSize || (batch.length > 0 && bytes + recordBytes > maxPayloadBytes - 1024)) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(record);
    bytes += recordBytes;
  }
  if (batch.length > 0) yield batch;
}

/** Resolves when the function has processed every record, when the rest is given up, or when the mapping stops. */
async function invokeUntilDone(batch: readonly DynamoDBRecord[], options: DeliveryOptions, retries = 0): Promise<void> {
  const { definition, function: target, stopping, onFailure, firstPauseMs = 200 } = options;
  let records = batch;
  for (let retry = retries; !stopping.aborted; ) {
    const result = await target.invoke({ Records: records });
    const failed = failedOf(records, result, definition);
    if (failed.length === 0 || stopping.aborted) return;
    const reason = result.ok ? "partial batch response" : `${result.error.errorType}: ${result.error.errorMessage}`;
    // A report says where the trouble is; after an error the halves tell. Splitting does not count as a retry.
    const splits = !result.ok && definition.bisects && failed.length > 1;
    if (!splits && retry === definition.maxRetries) {
      onFailure({ records: failed.length, reason, end: "is given up" });
      return;
    }
    onFailure({ records: failed.length, reason, end: "comes again" });
    const pauseMs = Math.min(maxPauseMs, firstPauseMs * 2 ** Math.min(retry, 10));
    await delay(pauseMs, undefined, { signal: stopping }).catch(() => undefined);
    if (splits) {
      const half = Math.ceil(failed.length / 2);
      await invokeUntilDone(failed.slice(0, half), options, retry);
      await invokeUntilDone(failed.slice(half), options, retry);
      return;
    }
    records = failed;
    retry += 1;
  }
}

function failedOf(records: readonly DynamoDBRecord[], result: InvocationResult, definition: StreamDefinition) {
  if (!result.ok) return records;
  return definition.reportsBatchItemFailures ? failedFrom(records, result.payload) : [];
}
