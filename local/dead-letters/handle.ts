import { placeText, redriveRecord, type StoredDeadLetter } from "../../shared/dead-letter/index.ts";
import { BackboneError } from "../../shared/errors.ts";
import { printable } from "../command-line/printable.ts";
import type { CommandParts } from "./commands.ts";
import { type Deed, writeDown } from "./ledger.ts";
import { jsonLine } from "./output.ts";
import { type Entry, readLetters } from "./selection.ts";

export interface HandleParts extends CommandParts {
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
const interruptedCode = 130;

interface Failed {
  readonly id: string;
  readonly reason: string;
}

/**
 * Redrives or discards. Each deed is written down after the broker has acknowledged it, so whatever interrupts this, the
 * next run goes on with what is not written down: at most one chunk is redriven twice, with the same event ids, which the
 * consumer's claims recognise.
 */
export async function handle(parts: HandleParts): Promise<number> {
  const { action, entries, impossible, options, output, interrupted } = parts;
  const failed: Failed[] = impossible.map(({ letter }) => ({
    id: placeText(letter.place),
    reason: letter.obstacle ?? "",
  }));
  let done = 0;
  if (!options.dryRun) {
    await confirm(parts);
    const progress = () => {
      if (entries.length > chunkSize) output.say(`${done} of ${entries.length} ${action}`);
    };
    const onDone = (count: number) => {
      done += count;
      progress();
    };
    if (action === "redriven") await redriveAll(parts, failed, onDone);
    else await discardAll(parts, onDone);
  }
  report(parts, done, failed);
  if (interrupted.aborted && done + failed.length - impossible.length < entries.length) {
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

async function discardAll(parts: HandleParts, onDone: (count: number) => void): Promise<void> {
  for (let next = 0; next < parts.entries.length && !parts.interrupted.aborted; next += chunkSize) {
    const chunk = parts.entries.slice(next, next + chunkSize);
    await Promise.all(chunk.map((entry) => note(parts, entry)));
    onDone(chunk.length);
  }
}

/** Reads the topics a second time: what is to be sent is held a chunk at a time, however much was chosen. */
async function redriveAll(parts: HandleParts, failed: Failed[], onDone: (count: number) => void): Promise<void> {
  const { connection, interrupted } = parts;
  const wanted = new Map(parts.entries.map((entry) => [placeText(entry.letter.place), entry]));
  const finished = new AbortController();
  const topics = new Set(parts.entries.map(({ letter }) => letter.place.topic));
  const signal = AbortSignal.any([interrupted, finished.signal]);
  const chunk: { letter: StoredDeadLetter; entry: Entry }[] = [];
  const flush = async () => {
    const sent = chunk.splice(0);
    if (!interrupted.aborted) onDone(await redriveChunk(parts, sent, failed));
  };
  await readLetters(
    connection,
    [...topics],
    async (letters) => {
      for (const letter of letters) {
        const entry = wanted.get(placeText(letter.place));
        if (entry === undefined) continue;
        wanted.delete(placeText(letter.place));
        chunk.push({ letter, entry });
        if (chunk.length >= chunkSize) await flush();
      }
      if (wanted.size === 0) finished.abort();
    },
    signal,
  );
  if (chunk.length > 0) await flush();
  if (interrupted.aborted) return;
  for (const id of wanted.keys()) failed.push({ id, reason: "it is no longer in the topic" });
}

/** @throws BackboneError what kept records from being acknowledged; those that were are written down before */
async function redriveChunk(
  parts: HandleParts,
  chunk: readonly { letter: StoredDeadLetter; entry: Entry }[],
  failed: Failed[],
): Promise<number> {
  const { producer } = parts.connection;
  const ends = await Promise.allSettled(
    chunk.map(async ({ letter }) => producer.send(letter.source.topic, redriveRecord(letter))),
  );
  const acknowledged = chunk.filter((_, index) => ends[index]?.status === "fulfilled");
  await Promise.all(acknowledged.map(({ entry }) => note(parts, entry)));
  for (const [index, end] of ends.entries()) {
    if (end.status === "fulfilled") continue;
    const { reason: error } = end;
    if (!(error instanceof BackboneError) || error.retriable) throw error;
    const letter = chunk[index]?.letter;
    if (letter !== undefined) failed.push({ id: placeText(letter.place), reason: error.message });
  }
  return acknowledged.length;
}

function note({ connection, action, by, options: { reason } }: HandleParts, { letter, spots }: Entry): Promise<void> {
  const deed: Deed = { action, by, at: new Date().toISOString(), ...(reason === "" ? {} : { reason }) };
  return writeDown(connection, deed, letter, spots);
}

function report({ action, entries, options, output }: HandleParts, done: number, failed: readonly Failed[]): void {
  const { dryRun, json } = options;
  if (json) {
    const ids = entries.map(({ letter }) => placeText(letter.place));
    output.print(jsonLine({ dryRun, [action]: dryRun ? 0 : done, chosen: ids, failed }));
    return;
  }
  for (const { id, reason } of failed) output.print(`${output.paint("yellow", printable(id))}  ${printable(reason)}\n`);
  if (dryRun) {
    for (const { letter } of entries) output.print(`${printable(placeText(letter.place))}  ${goal(action, letter)}\n`);
    output.print(`${entries.length} would be ${action}; nothing was done.\n`);
  } else {
    output.print(output.paint("green", `${done} ${action}.\n`));
  }
}

function goal(action: HandleParts["action"], { source, consumerGroup = "" }: Entry["letter"]): string {
  return action === "redriven"
    ? `to ${printable(source.topic)}, for ${printable(consumerGroup)} alone`
    : "off the list";
}
