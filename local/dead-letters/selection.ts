import { redriveGroupPrefix } from "../../shared/access/index.ts";
import { doublesKeyOf, placeText, readDeadLetters, type StoredDeadLetter } from "../../shared/dead-letter/index.ts";
import { BackboneError } from "../../shared/errors.ts";
import type { SourceRecord } from "../../shared/msk-event/index.ts";
import { readTopics } from "../read-topics.ts";
import type { Choice } from "./arguments.ts";
import type { Connection } from "./connection.ts";
import { knownNames } from "./known-names.ts";
import type { Action, Ledger, Spot } from "./ledger.ts";

/** A dead letter without what makes it large, so that many can be held at once. */
export type Summary = Omit<StoredDeadLetter, "source" | "errorStack" | "traceparent"> & {
  readonly source: Pick<SourceRecord, "topic" | "partition" | "offset" | "key">;
};

/** One failure of one record for one group; its dead letter may lie there several times. */
export interface Entry {
  /** The latest of the doubles. */
  readonly letter: Summary;
  /** All of the doubles. */
  readonly spots: readonly Spot[];
  /** The last thing that was done with it; undefined for one that waits. */
  readonly done: Action | undefined;
}

/**
 * The dead-letter topics that hold what the choice asks for.
 *
 * @throws BackboneError INVALID_OPTIONS if the named topic is none and has none
 */
export async function topicsOf({ admin }: Pick<Connection, "admin">, topic: string | undefined): Promise<string[]> {
  const all = (await admin.listTopics()).filter((name) => name.endsWith(".dlt")).sort();
  if (topic === undefined) return all;
  const named = all.filter((name) => name === topic || name.startsWith(`${topic}.`));
  if (named.length > 0) return named;
  const known = all.length === 0 ? "there is none that may be seen" : `there are ${all.join(", ")}`;
  throw new BackboneError("INVALID_OPTIONS", `--topic ${topic}: has no dead-letter topic; ${known}`);
}

/**
 * What fits the choice: what waits, or with `all` also what was dealt with; the oldest first, doubles as one. Of doubles one
 * has to fit: what is done is done with all of them. Interrupted, it throws the signal's reason.
 *
 * @throws BackboneError INVALID_OPTIONS for a topic, code or group that there is not, naming those there are
 */
export async function select(
  connection: Connection,
  ledger: Ledger,
  choice: Omit<Choice, "limit">,
  { all, interrupted }: { readonly all: boolean; readonly interrupted: AbortSignal },
): Promise<Entry[]> {
  const entries = new Map<string, Entry & { letter: Summary; readonly spots: Spot[] }>();
  const chosen = new Set<string>();
  const known = knownNames(connection.groups);
  const topics = await topicsOf(connection, choice.topic);
  const collect = (letters: readonly StoredDeadLetter[]) => {
    for (const letter of letters) {
      known.learn(letter);
      if (!fitsWithDoubles(letter, choice)) continue;
      const done = ledger.actionsOn(letter).at(-1);
      if (done !== undefined && !all) continue;
      const key = `${done?.action ?? "waits"} ${letter.place.topic} ${doublesKeyOf(letter)}`;
      if (fitsItself(letter, choice)) chosen.add(key);
      const spot: Spot = { place: letter.place, storedAtMs: letter.storedAtMs };
      const before = entries.get(key);
      if (before === undefined) entries.set(key, { letter: summaryOf(letter), spots: [spot], done });
      else {
        before.spots.push(spot);
        if (before.letter.failedAt <= letter.failedAt) before.letter = summaryOf(letter);
      }
    }
  };
  await readLetters(connection, topics, collect, interrupted);
  interrupted.throwIfAborted();
  known.check(choice);
  const fitting = [...entries].flatMap(([key, entry]) => (chosen.has(key) ? [entry] : []));
  return fitting.sort((one, other) => byFailure(one.letter, other.letter));
}

/** Sorts the earliest failure first; times are ISO 8601 in UTC, whose order is that of their texts. */
export function byFailure(one: Pick<Summary, "failedAt">, other: Pick<Summary, "failedAt">): number {
  if (one.failedAt === other.failedAt) return 0;
  return one.failedAt < other.failedAt ? -1 : 1;
}

/** Reads the topics to their ends. */
export async function readLetters(
  { kafka, groupOf, redrivableSinceMs }: Pick<Connection, "kafka" | "groupOf" | "redrivableSinceMs">,
  topics: readonly string[],
  onLetters: (letters: readonly StoredDeadLetter[]) => Promise<void> | void,
  signal?: AbortSignal,
): Promise<void> {
  await readTopics({
    kafka,
    topics,
    groupPrefix: redriveGroupPrefix,
    ...(signal === undefined ? {} : { signal }),
    onRecords: (records) =>
      onLetters(records.flatMap((record) => readDeadLetters(record, { groupOf, redrivableSinceMs }))),
  });
}

/** Whether an ID names it: by its place, or by the id of its event. */
export function isNamedBy({ place, identity }: Pick<Summary, "place" | "identity">, id: string): boolean {
  return id === identity?.id || id === placeText(place);
}

/** What is the same of all failures of one record for one group, however often it was redriven. */
export function lineageOf({ place, consumerGroup, first }: Pick<Summary, "place" | "consumerGroup" | "first">): string {
  return JSON.stringify([place.topic, consumerGroup, first.record]);
}

export function summaryOf({ source, errorStack: _, traceparent: __, ...rest }: StoredDeadLetter): Summary {
  const { topic, partition, offset, key } = source;
  // A copy: the record's bytes are a view of the whole response that it came in, which would be kept with the view.
  return { ...rest, source: { topic, partition, offset, key: key && Buffer.from(key) } };
}

/** By what doubles have in common. */
function fitsWithDoubles(letter: StoredDeadLetter, { topic, group, key }: Omit<Choice, "limit">): boolean {
  return (
    (topic === undefined || topic === letter.source.topic || topic === letter.place.topic) &&
    (group === undefined || group === letter.consumerGroup) &&
    (key === undefined || key === letter.source.key?.toString("utf8"))
  );
}

/** By what each double has of its own. */
function fitsItself(letter: StoredDeadLetter, { ids, code, sinceMs }: Omit<Choice, "limit">): boolean {
  return (
    (ids.length === 0 || ids.some((id) => isNamedBy(letter, id))) &&
    (code === undefined || code === letter.errorCode) &&
    (sinceMs === undefined || Date.parse(letter.failedAt) >= sinceMs)
  );
}
