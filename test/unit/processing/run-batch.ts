import type { BackboneError } from "../../../shared/errors.ts";
import {
  type Batch,
  batchOf,
  type Decide,
  type DecodedRecord,
  type EachRecordOptions,
  eachRecord,
  type Failure,
  type RecordOutcome,
} from "../../../shared/processing/index.ts";
import { MemoryStore } from "../../../shared/testing/index.ts";

export interface Order {
  readonly name: string;
}

export interface RecordShape {
  readonly id: string;
  readonly key?: string | null;
  readonly partition?: number;
  readonly offset?: number;
}

let nextOffset = 0;

export function decoded({ id, key = id, partition = 0, offset = nextOffset++ }: RecordShape): DecodedRecord<Order> {
  const event = { id, source: "/test", type: "test", specversion: "1.0", data: { name: id } };
  return { status: "decoded", source: sourceRecord(key, partition, offset), event };
}

export function failed(shape: RecordShape, error: BackboneError): DecodedRecord<Order> {
  const { id, key = id, partition = 0, offset = nextOffset++ } = shape;
  const identity = { source: "/test", id };
  return { status: "failed", source: sourceRecord(key, partition, offset), identity, error };
}

function sourceRecord(key: string | null, partition: number, offset: number) {
  const bytes = key === null ? null : Buffer.from(key);
  return { topic: "orders", partition, offset, timestampMs: 0, key: bytes, value: Buffer.from("bytes"), headers: [] };
}

export interface Run {
  readonly records: readonly DecodedRecord<Order>[];
  readonly decide: Decide<Order>;
  readonly store?: MemoryStore;
  readonly publish?: (failure: Failure) => Promise<void>;
  readonly maxAttempts?: number;
  readonly remainingMs?: number;
  readonly options?: EachRecordOptions;
  /** @default eachRecord(decide, options) */
  readonly handlerOf?: (options: EachRecordOptions) => ReturnType<typeof eachRecord>;
  /** Takes away what a middleware would have put on the batch. */
  readonly without?: (batch: Batch) => void;
}

/** Runs the engine on records as the middlewares would hand them over; waits are short. */
export async function runBatch(run: Run) {
  const { store = new MemoryStore(), remainingMs = 5_000 } = run;
  const published: Failure[] = [];
  const lines: string[] = [];
  const request = { event: {}, internal: {} };
  const batch = batchOf(request);
  batch.records = run.records;
  batch.claims = { store, consumerGroup: "group", ttlSeconds: 60 };
  batch.reportsUnfinished = true;
  const publish = run.publish ?? (async () => {});
  batch.deadLetters = {
    maxAttempts: run.maxAttempts ?? 3,
    publish: async (failure) => {
      await publish(failure);
      published.push(failure);
    },
  };
  run.without?.(batch);
  const end = performance.now() + remainingMs;
  const log = (message: string, fields: object = {}) => lines.push(JSON.stringify({ message, ...fields }));
  const { handlerOf = (options: EachRecordOptions) => eachRecord(run.decide, options) } = run;
  const handler = handlerOf({
    marginMs: 0,
    backoffBaseMs: 1,
    backoffMaxMs: 5,
    logger: { info: log, warn: log, error: log },
    ...run.options,
  });
  await handler(request.event, { getRemainingTimeInMillis: () => end - performance.now() });
  const outcomes = batch.outcomes ?? [];
  return { outcomes, ends: outcomes.map(endOf), published, store, lines };
}

function endOf(outcome: RecordOutcome): string {
  return "error" in outcome ? `${outcome.status} ${outcome.error.code}` : outcome.status;
}

/** A decision that writes one item an event, under its name. */
export const writeName: Decide<Order> = (event) => ({
  writes: [
    {
      action: "put",
      table: "names",
      key: { name: event.data?.name ?? "" },
      item: { eventId: event.id },
      condition: "attribute_not_exists(name)",
      onConditionFailed: "duplicateOfBusinessKey",
    },
  ],
});
