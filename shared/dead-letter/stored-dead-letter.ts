import { createHash } from "node:crypto";
import { claimedIdentity } from "../cloudevents/index.ts";
import type { SourceRecord } from "../msk-event/index.ts";
import { schemaOf, schemaText } from "./bytes-in-topic.ts";
import { lastTextOf, deadLetterHeaders as names, originalHeadersOf, redriveCountOf, wholeNumberOf } from "./headers.ts";
import { type Offloaded, offloadedRecordsOf } from "./offloaded.ts";

/** Where a dead letter lies. */
export interface Place {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  /** Number of the record in what a mapping offloaded together, from 0; 0 for every other dead letter. */
  readonly index: number;
}

/** When, where and why a record failed. */
export interface FailureNote {
  /** ISO 8601, UTC, as the dead letter has it; may be empty. */
  readonly failedAt: string;
  readonly errorCode: string;
  /** `<topic>/<partition>/<offset>` */
  readonly record: string;
}

/** A dead letter as it lies in its topic, with the record that it was made of. */
export interface StoredDeadLetter {
  readonly place: Place;
  /** When the broker took it, epoch milliseconds. */
  readonly storedAtMs: number;
  /**
   * The record as it lay in its source topic, but for a key or value that is what the mapping made of it, which is an
   * obstacle; its headers without those of dead letters.
   */
  readonly source: SourceRecord;
  /** Undefined where nothing says whose failure it is. */
  readonly consumerGroup: string | undefined;
  /** A code of the closed list, OFFLOADED for what the mapping gave up, UNKNOWN for what nothing is known about. */
  readonly errorCode: string;
  readonly errorMessage: string;
  readonly errorStack: string | undefined;
  readonly attempts: number;
  readonly redriveCount: number;
  /** ISO 8601, UTC. */
  readonly failedAt: string;
  readonly traceparent: string | undefined;
  /** The first failure of the record; this one, if it was never redriven. */
  readonly first: FailureNote;
  readonly identity: { readonly source: string; readonly id: string } | undefined;
  /** Why it cannot be redriven; undefined if it can. */
  readonly obstacle: string | undefined;
}

export interface ReadOptions {
  /**
   * What failed first before that cannot be redriven: its claim may be gone. Epoch milliseconds.
   *
   * @default nothing is too old
   */
  readonly redrivableSinceMs?: number | undefined;
  /**
   * The consumer group whose dead letters lie in a dead-letter topic, undefined where no service consumes the source topic
   * any more: what a mapping offloads does not say it, and what says another one would be skipped by the only group that
   * could take it.
   *
   * @default none is known, so that nothing can be redriven
   */
  readonly groupOf?: (deadLetterTopic: string, sourceTopic: string) => string | undefined;
}

/**
 * The dead letters in one record of a dead-letter topic: one, or several where a mapping has offloaded several records
 * together. Never fails: a record of anybody else is there with the code UNKNOWN.
 */
export function readDeadLetters(
  record: SourceRecord,
  { groupOf = () => undefined, redrivableSinceMs = Number.NEGATIVE_INFINITY }: ReadOptions = {},
): StoredDeadLetter[] {
  return lettersIn(record, groupOf).map((letter) => ({
    ...letter,
    obstacle: letter.obstacle ?? ageObstacleOf(letter, redrivableSinceMs),
  }));
}

function lettersIn(record: SourceRecord, groupOf: GroupOf): StoredDeadLetter[] {
  if (record.headers.some(([name]) => name === names.originalTopic)) return [written(record, groupOf)];
  const offloaded = offloadedRecordsOf(record);
  if (offloaded === undefined) return [unknown(record)];
  return offloaded.map((one, index) => ofMapping(record, one, index, groupOf));
}

/**
 * Dead letters of one key are doubles of one failure: an invocation that died left the same record there twice. So their
 * key and value are the same bytes; another record under the same source and id is another one.
 */
export function doublesKeyOf({
  consumerGroup,
  identity,
  source,
  place,
  redriveCount,
}: Pick<StoredDeadLetter, "consumerGroup" | "identity" | "place" | "redriveCount"> & {
  readonly source: Pick<SourceRecord, "topic" | "partition" | "offset" | "key" | "value">;
}): string {
  // Of one that says neither its event nor where it lay, nothing is a double.
  const nameless = source.partition < 0 || source.offset < 0 ? placeText(place) : placeText(source);
  const event = identity === undefined ? nameless : [identity.source, identity.id];
  return JSON.stringify([consumerGroup, event, redriveCount, hashOf(source.key), hashOf(source.value)]);
}

/** `<topic>/<partition>/<offset>`, with `#<index>` where the index is not 0. */
export function placeText({
  topic,
  partition,
  offset,
  index = 0,
}: Omit<Place, "index"> & { readonly index?: number }): string {
  return `${topic}/${partition}/${offset}${index === 0 ? "" : `#${index}`}`;
}

function hashOf(bytes: Buffer | null): string | null {
  return bytes && createHash("sha256").update(bytes).digest("base64");
}

type GroupOf = NonNullable<ReadOptions["groupOf"]>;

function written(record: SourceRecord, groupOf: GroupOf): StoredDeadLetter {
  const text = (name: string) => lastTextOf(record.headers, name);
  const partition = wholeNumberOf(text(names.originalPartition));
  const offset = wholeNumberOf(text(names.originalOffset));
  const consumerGroup = text(names.consumerGroup);
  const source: SourceRecord = {
    topic: text(names.originalTopic) ?? "",
    partition: partition ?? -1,
    offset: offset ?? -1,
    timestampMs: timeOf(text(names.originalTimestamp)),
    key: record.key,
    value: record.value,
    headers: originalHeadersOf(record.headers),
    keySchema: schemaOf(text(names.keySchema)),
    valueSchema: schemaOf(text(names.valueSchema)),
  };
  return storedOf(record, 0, source, {
    consumerGroup,
    errorCode: text(names.errorCode) ?? "UNKNOWN",
    errorMessage: text(names.errorMessage) ?? "",
    errorStack: text(names.errorStack),
    attempts: wholeNumberOf(text(names.attempts)) ?? 1,
    failedAt: text(names.failedAt) ?? isoTime(record.timestampMs),
    traceparent: text(names.traceparent),
    obstacle:
      obstacleOf(record.topic, source.topic, consumerGroup, groupOf) ??
      deserializedObstacle(text(names.keySchema), text(names.valueSchema)),
  });
}

/** Headers come from anyone who may write to the topic: a redrive sends nowhere but where the topic's letters come from. */
function obstacleOf(deadLetterTopic: string, topic: string, group = "", groupOf: GroupOf): string | undefined {
  const missing = [...(topic === "" ? [names.originalTopic] : []), ...(group === "" ? [names.consumerGroup] : [])];
  if (missing.length > 0) return `${missing.join(" and ")} are missing or empty`;
  if (!deadLetterTopic.startsWith(`${topic}.`)) {
    return `${names.originalTopic} is ${topic}, whose dead letters do not lie in ${deadLetterTopic}`;
  }
  const known = groupOf(deadLetterTopic, topic);
  if (known === undefined) return unreadBy(deadLetterTopic, topic);
  return known === group
    ? undefined
    : `its group ${group} does not read ${topic} any more, the access file has ${known}: nobody would take it`;
}

/** Nobody could read the record: the topic had other bytes. An offloaded one does not say in which format its bytes are. */
function deserializedObstacle(keySchema: string | undefined, valueSchema: string | undefined): string | undefined {
  const parts = Object.entries({ key: keySchema, value: valueSchema }).filter(([, schema]) => schema !== undefined);
  if (parts.length === 0) return undefined;
  const what = parts.map(([part]) => part).join(" and ");
  const schemas = parts.map(([, schema]) => schema).join(" and ");
  return `the mapping has deserialized its ${what} (schema ${schemas}): the topic had other bytes, which are not known`;
}

/** Within that time the claim of an event lives that took effect, though its record comes again. */
function ageObstacleOf({ first, storedAtMs }: StoredDeadLetter, sinceMs: number): string | undefined {
  const firstMs = Date.parse(first.failedAt);
  // A time that cannot be read makes no dead letter younger than its topic says, nor does one in the future.
  if (Math.min(Number.isNaN(firstMs) ? storedAtMs : firstMs, storedAtMs) >= sinceMs) return undefined;
  return (
    `it failed first before ${new Date(sinceMs).toISOString()}: if it has taken effect, its claim may be gone, and it would ` +
    "take effect again; --claims-gone redrives it all the same"
  );
}

function unreadBy(deadLetterTopic: string, topic: string): string {
  return `the access file has no service of ${deadLetterTopic} that consumes ${topic}: nobody would take it`;
}

function ofMapping(
  record: SourceRecord,
  { source, condition, functionName, functionError, attempts, failedAt }: Offloaded,
  index: number,
  groupOf: GroupOf,
): StoredDeadLetter {
  const consumerGroup = groupOf(record.topic, source.topic);
  const error = functionError === undefined ? "" : `, ${functionError}`;
  return storedOf(record, index, source, {
    consumerGroup,
    errorCode: "OFFLOADED",
    errorMessage: `the mapping gave it up: ${condition} after ${attempts} invocations of ${functionName}${error}`,
    errorStack: undefined,
    attempts,
    failedAt,
    traceparent: undefined,
    obstacle:
      consumerGroup === undefined
        ? unreadBy(record.topic, source.topic)
        : deserializedObstacle(
            source.key === null ? undefined : source.keySchema && schemaText(source.keySchema),
            source.value === null ? undefined : source.valueSchema && schemaText(source.valueSchema),
          ),
  });
}

function unknown(record: SourceRecord): StoredDeadLetter {
  return storedOf(record, 0, record, {
    consumerGroup: undefined,
    errorCode: "UNKNOWN",
    errorMessage: "neither a dead letter of this project nor of an event source mapping",
    errorStack: undefined,
    attempts: 0,
    failedAt: isoTime(record.timestampMs),
    traceparent: undefined,
    obstacle: "nothing says what topic it came from",
  });
}

type Known = Pick<
  StoredDeadLetter,
  "consumerGroup" | "errorCode" | "errorMessage" | "errorStack" | "attempts" | "failedAt" | "traceparent" | "obstacle"
>;

/** What an offloaded record carries of earlier failures lies in its own headers, that of a dead letter in the letter's. */
function storedOf(record: SourceRecord, index: number, source: SourceRecord, known: Known): StoredDeadLetter {
  const headers = known.errorCode === "OFFLOADED" ? source.headers : record.headers;
  const { topic, partition, offset, timestampMs } = record;
  const { failedAt, errorCode } = known;
  return {
    place: { topic, partition, offset, index },
    storedAtMs: timestampMs,
    source: { ...source, headers: originalHeadersOf(source.headers) },
    ...known,
    redriveCount: redriveCountOf(headers),
    first: {
      failedAt: lastTextOf(headers, names.firstFailedAt) ?? failedAt,
      errorCode: lastTextOf(headers, names.firstErrorCode) ?? errorCode,
      record: lastTextOf(headers, names.firstRecord) ?? placeText(source),
    },
    identity: claimedIdentity(source),
  };
}

function timeOf(text = ""): number {
  return /^-?\d+$/.test(text) ? Number(text) : Date.parse(text) || -1;
}

function isoTime(timestampMs: number): string {
  const time = new Date(timestampMs);
  return timestampMs < 0 || Number.isNaN(time.getTime()) ? "" : time.toISOString();
}
