import { placeText, redriveRecord, type StoredDeadLetter } from "../../shared/dead-letter/index.ts";
import { BackboneError } from "../../shared/errors.ts";
import { interruptedCode } from "../command-line/on-interruption.ts";
import { printable } from "../command-line/printable.ts";
import type { CommandParts } from "./commands.ts";
import type { Deed, Ledger } from "./ledger.ts";
import { jsonLine } from "./output.ts";
import { type Entry, readLetters } from "./selection.ts";

export interface HandleParts extends CommandParts {
  readonly ledger: Ledger;
  readonly action: "redriven" | "discarded";
  readonly entries: readonly Entry[];
  /** What cannot be redriven. */
  readonly impossible: readonly Entry[];
  readonly by: string;
}

/** Dead letters that are sent, acknowledged and then written down together: what an interruption may double. */
const chunkSize = 500;
/** How many are dealt with without a question. */
const askedFrom = 101;

interface Failed {
  readonly id: string;
  readonly reason: string;
}

/** What came of the chosen ones so far, by their IDs. */
interface Outcome {
  readonly done: string[];
  /** Dealt with by somebody else since they were chosen. */
  readonly meanwhile: string[];
  readonly failed: Failed[];
}

/**
 * Redrives or discards. Each deed is written down after the broker has acknowledged it, so whatever interrupts this, the
 * next run goes on with what is not written down: at most one chunk is redriven twice, with the same event ids, which the
 * consumer's claims recognise. What others write down is read before each chunk, and not done again nor undone.
 */
export async function handle(parts: HandleParts): Promise<number> {
  const { action, entries, impossible, options, output, interrupted } = parts;
  const failed = impossible.map(({ letter }) => ({ id: idOf(letter), reason: letter.obstacle ?? "" }));
  const outcome: Outcome = { done: [], meanwhile: [], failed };
  const isInterrupted = () =>
    interrupted.aborted &&
    outcome.done.length + outcome.meanwhile.length + failed.length - impossible.length < entries.length;
  if (!options.dryRun) {
    await confirm(parts);
    try {
      await (action === "redriven" ? redriveAll : discardAll)(parts, outcome);
    } catch (error) {
      report(parts, outcome, false);
      throw error;
    }
  }
  report(parts, outcome, isInterrupted());
  if (isInterrupted()) {
    output.say("interrupted: the same command goes on with the rest");
    return interruptedCode;
  }
  return failed.length === 0 ? 0 : 1;
}

/** @throws BackboneError INVALID_OPTIONS if it was refused, or nobody is there to ask */
async function confirm({ action, entries, options, output }: HandleParts): Promise<void> {
  if (entries.length < askedFrom || options.yes) return;
  const what = `${entries.length} dead letters would be ${action}`;
  if (output.ask === undefined) throw new BackboneError("INVALID_OPTIONS", `${what}: --yes does it without a question`);
  if (!(await output.ask(`${what}. Go on? [y/N] `))) {
    throw new BackboneError("INVALID_OPTIONS", `${what}: refused, nothing was done`);
  }
}

async function discardAll(parts: HandleParts, outcome: Outcome): Promise<void> {
  for (let next = 0; next < parts.entries.length && !parts.interrupted.aborted; next += chunkSize) {
    const chunk = parts.entries.slice(next, next + chunkSize).map((entry) => ({ entry }));
    const waiting = await stillWaiting(parts, chunk, outcome);
    await Promise.all(waiting.map(({ entry }) => note(parts, entry, outcome)));
    tellProgress(parts, outcome);
  }
}

/** Reads the topics a second time: what is to be sent is held a chunk at a time, however much was chosen. */
async function redriveAll(parts: HandleParts, outcome: Outcome): Promise<void> {
  const { connection, interrupted } = parts;
  const wanted = new Map(parts.entries.map((entry) => [idOf(entry.letter), entry]));
  const finished = new AbortController();
  const topics = new Set(parts.entries.map(({ letter }) => letter.place.topic));
  const signal = AbortSignal.any([interrupted, finished.signal]);
  const chunk: Sent[] = [];
  const closed = new Set<string>();
  const flush = async () => {
    const sent = chunk.splice(0);
    if (interrupted.aborted) return;
    await redriveChunk(parts, await stillWaiting(parts, sent, outcome), { outcome, closed });
    tellProgress(parts, outcome);
  };
  await readLetters(
    connection,
    [...topics],
    async (letters) => {
      for (const letter of letters) {
        const entry = wanted.get(idOf(letter));
        if (entry === undefined) continue;
        wanted.delete(idOf(letter));
        chunk.push({ letter, entry });
        if (chunk.length >= chunkSize) await flush();
      }
      if (wanted.size === 0) finished.abort();
    },
    signal,
  );
  if (chunk.length > 0) await flush();
  if (interrupted.aborted) return;
  for (const id of wanted.keys()) outcome.failed.push({ id, reason: "it is no longer in the topic" });
}

/** What came of a redrive so far. */
interface Redrive {
  readonly outcome: Outcome;
  /** Topics that did not take a record, for no fault of the record. */
  readonly closed: Set<string>;
}

interface Sent {
  readonly letter: StoredDeadLetter;
  readonly entry: Entry;
}

/**
 * Those that were acknowledged are written down, whatever became of the others. A topic that takes nothing is not asked
 * again in this run: it may take seconds to refuse. A cluster that is away ends the run where the ledger is read.
 */
async function redriveChunk(parts: HandleParts, chunk: readonly Sent[], { outcome, closed }: Redrive): Promise<void> {
  const { producer } = parts.connection;
  const fail = ({ letter }: Sent, reason: string) => void outcome.failed.push({ id: idOf(letter), reason });
  const open: Sent[] = [];
  for (const sent of chunk) {
    const { topic } = sent.letter.source;
    if (closed.has(topic)) fail(sent, `not sent: the topic ${topic} did not take those before it`);
    else open.push(sent);
  }
  const ends = await Promise.allSettled(
    open.map(async ({ letter }) => producer.send(letter.source.topic, redriveRecord(letter))),
  );
  const acknowledged = open.filter((_, index) => ends[index]?.status === "fulfilled");
  await Promise.all(acknowledged.map(({ entry }) => note(parts, entry, outcome)));
  for (const [index, sent] of open.entries()) {
    const end = ends[index];
    if (end?.status !== "rejected") continue;
    const { reason: error } = end;
    if (!(error instanceof BackboneError)) throw error;
    if (error.retriable) closed.add(sent.letter.source.topic);
    fail(sent, error.message);
  }
}

/** Those of a chunk that nobody has dealt with since they were chosen. */
async function stillWaiting<Chosen extends { readonly entry: Entry }>(
  { ledger }: HandleParts,
  chunk: readonly Chosen[],
  { meanwhile }: Outcome,
): Promise<Chosen[]> {
  await ledger.catchUp();
  return chunk.filter(({ entry: { letter, spots } }) => {
    const isWaiting = spots.every((spot) => ledger.actionsOn(spot).length === 0);
    if (!isWaiting) meanwhile.push(idOf(letter));
    return isWaiting;
  });
}

async function note(parts: HandleParts, { letter, spots }: Entry, { done }: Outcome): Promise<void> {
  const { ledger, action, by, options } = parts;
  const { reason } = options;
  const deed: Deed = { action, by, at: new Date().toISOString(), ...(reason === "" ? {} : { reason }) };
  await ledger.writeDown(deed, letter, spots);
  done.push(idOf(letter));
}

function tellProgress({ action, entries, output }: HandleParts, { done }: Outcome): void {
  if (entries.length > chunkSize) output.say(`${done.length} of ${entries.length} ${action}`);
}

function report({ action, entries, options, output }: HandleParts, outcome: Outcome, isInterrupted: boolean): void {
  const { done, meanwhile, failed } = outcome;
  const { dryRun, json } = options;
  if (json) {
    const chosen = entries.map(({ letter }) => idOf(letter));
    const counts = { dryRun, interrupted: isInterrupted, [action]: done.length };
    output.print(jsonLine({ ...counts, chosen, done, dealtWithMeanwhile: meanwhile, failed }));
    return;
  }
  for (const { id, reason } of failed) output.print(`${output.paint("yellow", printable(id))}  ${printable(reason)}\n`);
  if (dryRun) {
    for (const { letter } of entries) output.print(`${printable(idOf(letter))}  ${goal(action, letter)}\n`);
    output.print(`${entries.length} would be ${action}; nothing was done.\n`);
    return;
  }
  output.print(output.paint("green", `${done.length} ${action}.\n`));
  if (meanwhile.length > 0) output.print(`${meanwhile.length} left alone: dealt with by others meanwhile.\n`);
}

function idOf({ place }: Entry["letter"] | StoredDeadLetter): string {
  return placeText(place);
}

function goal(action: HandleParts["action"], { source, consumerGroup = "" }: Entry["letter"]): string {
  return action === "redriven"
    ? `to ${printable(source.topic)}, for ${printable(consumerGroup)} alone`
    : "off the list";
}
