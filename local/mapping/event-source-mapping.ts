import { setTimeout as delay } from "node:timers/promises";
import type { Consumer, ConsumerRunConfig, EachBatchPayload, Kafka, Message } from "kafkajs";
import { isMissingGrant } from "../../shared/kafka/index.ts";
import type { MskRecord } from "../../shared/msk-event/index.ts";
import type { LocalFunction } from "../lambda/local-function.ts";
import { localAccount, localRegion } from "../template/resolve.ts";
import { createBatcher } from "./batcher.ts";
import type { MappingDefinition } from "./mapping-definition.ts";
import { maxPayloadBytes, type TimestampType, toMskEvent, toMskRecord } from "./msk-event.ts";
import { offloadMessages } from "./offload.ts";
import { failedRecords } from "./partial-batch-response.ts";
import { beginAt } from "./starting-position.ts";

export interface EventSourceMappingOptions {
  readonly definition: MappingDefinition;
  readonly function: LocalFunction;
  /** Client of the principal that the mapping runs as. */
  readonly kafka: Kafka;
  readonly bootstrapServers: string;
  readonly partitions: number;
  readonly timestampType: TimestampType;
  /** Told when the mapping ends by itself: its principal may not read, or the group is not its own. */
  readonly onCrash: (error: Error) => void;
  /** Told when its reading failed for any other reason: it joins its group again, however long that takes. */
  readonly onBeginAnew: (error: Error) => void;
  /** Told of each batch that failed whole or in part and is sent again. */
  readonly onRetry: (info: { readonly attempt: number; readonly records: number; readonly reason: string }) => void;
  /** Writes to the on-failure topic. Resolves when the broker has acknowledged it. */
  readonly sendToFailureTopic: (topic: string, messages: Message[]) => Promise<void>;
  /** Told of the records that are not sent again; without a topic they are dropped. */
  readonly onGiveUp: (info: { readonly records: number; readonly topic: string | undefined }) => void;
}

export interface EventSourceMapping {
  readonly definition: MappingDefinition;
  stop(): Promise<void>;
}

/** Pause before a failed batch is sent again: doubled each time, up to the cap. AWS documents no figures. */
const firstPauseMs = 200;
const maxPauseMs = 10_000;
const heartbeatMs = 3_000;
/** How often a mapping that has never joined its group asks who coordinates it. */
const mostSearches = 3;
/** How long the other partitions wait for one whose batch has been sent: a batch that comes again takes longer. */
const patienceMs = 1_000;

/**
 * Runs one event source mapping: reads its topic as its consumer group, invokes its function with batches, and commits
 * a batch's offsets after all of it was processed. At-least-once; a batch is sent again until it succeeds, or until the
 * mapping's limits give it up: its on-failure topic has acknowledged it then, or it is dropped where there is none.
 */
export async function startEventSourceMapping(options: EventSourceMappingOptions): Promise<EventSourceMapping> {
  const { definition, kafka, partitions } = options;
  const stopping = new AbortController();
  const batcher = createBatcher({
    batchSize: definition.batchSize,
    maxBytes: maxPayloadBytes - 1024, // room for the event around its records
    windowMs: definition.windowMs,
    invoke: (records) => invokeUntilProcessed(records, options, stopping.signal),
  });
  const consumer: Consumer = kafka.consumer({
    groupId: definition.consumerGroup,
    allowAutoTopicCreation: false,
    maxWaitTimeInMs: 200,
    retry: { retries: Number.MAX_SAFE_INTEGER, maxRetryTime: 5_000 },
  });
  let hasJoined = false;
  let searches = 0;
  /** Since something was committed last. */
  let crashes = 0;
  let beginning: Promise<void> | undefined;
  consumer.on(consumer.events.GROUP_JOIN, () => {
    hasJoined = true;
  });
  // kafkajs takes several ways in which a connection drops for the end: while it logs in, or looks for the coordinator.
  consumer.on(consumer.events.CRASH, ({ payload: { error, restart } }) => {
    if (restart) return;
    crashes += 1;
    if (isWithoutCoordinator(error)) searches += 1;
    const mayNotJoin = isWithoutCoordinator(error) && !hasJoined && searches > mostSearches;
    if (mayNotJoin || isFinal(error)) return options.onCrash(withDroppedReason(error));
    options.onBeginAnew(error);
    beginning = beginAnew().catch(options.onCrash);
  });
  const late = new Set<Promise<void>>();
  let lateFailure: unknown;
  if (definition.startingTimestampMs !== undefined) await beginAt(definition.startingTimestampMs, kafka, definition);
  await consumer.connect();
  await consumer.subscribe({ topic: definition.topic, fromBeginning: definition.fromBeginning });
  const reading: ConsumerRunConfig = {
    autoCommit: false,
    eachBatchAutoResolve: false,
    partitionsConsumedConcurrently: partitions,
    eachBatch: async (payload) => {
      const failure = lateFailure;
      lateFailure = undefined;
      if (failure !== undefined) throw failure;
      const work = workOff(payload);
      if (await endsWithin(work, definition.windowMs + patienceMs)) return;
      // kafkajs asks for nothing more, of any partition, before all that it has handed over is done. What takes long is
      // done aside, so that only its own partition waits. If it fails, the partition is read again, and says why.
      const resume = payload.pause();
      const aside = work
        .catch((error) => {
          lateFailure = error;
        })
        .finally(() => {
          late.delete(aside);
          resume();
        });
      late.add(aside);
    },
  };
  await consumer.run(reading);

  /** The brokers may be away for as long as it takes. */
  async function beginAnew(): Promise<void> {
    let connected = false;
    for (let attempt = crashes; !connected; attempt += 1) {
      await pause(attempt, stopping.signal);
      if (stopping.signal.aborted) return;
      connected = await consumer.connect().then(
        () => true,
        () => false,
      );
    }
    if (!stopping.signal.aborted) await consumer.run(reading);
  }

  async function workOff(payload: EachBatchPayload): Promise<void> {
    const all = payload.batch.messages.map((message) =>
      toMskRecord(definition.topic, payload.batch.partition, message, options.timestampType),
    );
    const records = all.filter(definition.wants);
    const mayGoOn = () => payload.isRunning() && !payload.isStale();
    const heartbeats = setInterval(() => void payload.heartbeat().catch(() => undefined), heartbeatMs);
    try {
      for (let next = 0; next < records.length && mayGoOn(); ) {
        next += await batcher.offer(records.slice(next, next + definition.batchSize));
        if (stopping.signal.aborted) return;
        await commit(consumer, payload, records[next - 1]);
        crashes = 0;
      }
      // What filters keep away is committed with what is before it.
      if (all.at(-1) !== records.at(-1) && mayGoOn()) await commit(consumer, payload, all.at(-1));
    } finally {
      clearInterval(heartbeats);
    }
  }

  return {
    definition,
    async stop() {
      stopping.abort();
      await Promise.all([...late, beginning]);
      await consumer.disconnect();
    },
  };
}

/** Rejects if the work does within that time. */
async function endsWithin(work: Promise<void>, ms: number): Promise<boolean> {
  const timer = new AbortController();
  const timeout = delay(ms, false, { signal: timer.signal }).catch(() => false);
  try {
    return await Promise.race([work.then(() => true), timeout]);
  } finally {
    timer.abort();
  }
}

/** A grant that is missing, or what kafkajs cannot do at all: read a topic that is compressed otherwise than by gzip. */
function isFinal(error: Error): boolean {
  return isMissingGrant(error) || error.name === "KafkaJSNotImplemented";
}

function isWithoutCoordinator(error: Error): boolean {
  return error.name === "KafkaJSGroupCoordinatorNotFound";
}

/**
 * kafkajs drops why the brokers did not name the group's coordinator. One that is not there yet it asks for again, and
 * the topic was shown to the same login just before: what is left, after some searches, is that the login may not use
 * the group.
 */
function withDroppedReason(error: Error): Error {
  if (!isWithoutCoordinator(error)) return error;
  return Object.assign(new Error(error.message, { cause: error }), { type: "GROUP_AUTHORIZATION_FAILED" });
}

async function commit(consumer: Consumer, { batch, resolveOffset }: EachBatchPayload, last: MskRecord | undefined) {
  if (last === undefined) return;
  resolveOffset(String(last.offset));
  await consumer.commitOffsets([{ topic: batch.topic, partition: batch.partition, offset: String(last.offset + 1) }]);
}

/** Resolves when every record is processed or given up, or, with the records not committed, when the mapping stops. */
async function invokeUntilProcessed(
  batch: readonly MskRecord[],
  options: EventSourceMappingOptions,
  stopping: AbortSignal,
  firstAttempt = 1,
): Promise<void> {
  const { definition, function: target, bootstrapServers, onRetry } = options;
  let records = batch;
  for (let attempt = firstAttempt; !stopping.aborted; ) {
    const result = await target.invoke(toMskEvent(definition.eventSourceArn, bootstrapServers, records));
    if (result.ok && !definition.reportsBatchItemFailures) return;
    const failed = result.ok ? failedRecords(records, result.payload) : records;
    // What failed while the mapping was stopped may have failed of that: it is neither counted nor given up.
    if (failed.length === 0 || stopping.aborted) return;
    const reason = result.ok ? "partial batch response" : `${result.error.errorType}: ${result.error.errorMessage}`;
    // Halving counts as no retry, as Lambda documents it for streams: a half has the attempts that its batch had left.
    const halves = !result.ok && definition.bisects && records.length > 1;
    const isOutOfRetries = !halves && attempt > definition.retryAttempts;
    const isOver = (record: MskRecord) => isOutOfRetries || isTooOld(record, definition);
    const over = failed.filter(isOver);
    if (over.length > 0) await giveUp(over, attempt, result.ok ? undefined : reason, options, stopping);
    records = failed.filter((record) => !over.includes(record));
    if (records.length === 0) return;
    onRetry({ attempt, records: records.length, reason });
    await pause(attempt, stopping);
    if (!halves) attempt += 1;
    else if (records.length > 1) {
      const half = Math.ceil(records.length / 2);
      await invokeUntilProcessed(records.slice(0, half), options, stopping, attempt);
      return invokeUntilProcessed(records.slice(half), options, stopping, attempt);
    }
  }
}

function isTooOld({ timestamp }: MskRecord, { maxRecordAgeMs }: MappingDefinition): boolean {
  return Date.now() - timestamp > maxRecordAgeMs;
}

/** Resolves when the on-failure topic has the records: until then they are not committed. */
async function giveUp(
  records: readonly MskRecord[],
  invocations: number,
  functionError: string | undefined,
  { definition, function: target, bootstrapServers, sendToFailureTopic, onGiveUp, onRetry }: EventSourceMappingOptions,
  stopping: AbortSignal,
): Promise<void> {
  const { eventSourceArn, onFailureTopic } = definition;
  const functionArn = `arn:aws:lambda:${localRegion}:${localAccount}:function:${target.definition.name}`;
  for (let attempt = 1; onFailureTopic !== undefined; attempt += 1) {
    try {
      const given = { records, eventSourceArn, bootstrapServers, functionArn, invocations, functionError };
      await sendToFailureTopic(onFailureTopic, offloadMessages({ ...given, now: new Date() }));
      break;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      onRetry({ attempt, records: records.length, reason: `offloading to ${onFailureTopic}: ${reason}` });
      await pause(attempt, stopping);
      if (stopping.aborted) return;
    }
  }
  onGiveUp({ records: records.length, topic: onFailureTopic });
}

function pause(attempt: number, stopping: AbortSignal): Promise<void> {
  const pauseMs = Math.min(maxPauseMs, firstPauseMs * 2 ** Math.min(attempt - 1, 10));
  return delay(pauseMs, undefined, { signal: stopping }).catch(() => undefined);
}
