import { userInfo } from "node:os";
import type { StoredDeadLetter } from "../../shared/dead-letter/index.ts";
import { BackboneError } from "../../shared/errors.ts";
import { type Arguments, type Command, listLimitOf } from "./arguments.ts";
import { type Connection, withConnection } from "./connection.ts";
import { decodeEvent } from "./decoded-event.ts";
import { handle } from "./handle.ts";
import { entryJson, shownJson } from "./json.ts";
import { type Ledger, readLedger, requireLedger } from "./ledger.ts";
import { listText } from "./list-text.ts";
import { jsonLine, type Output } from "./output.ts";
import { byFailure, type Entry, isNamedBy, lineageOf, readLetters, select, summaryOf, topicsOf } from "./selection.ts";
import { type HistoryEntry, showText } from "./show-text.ts";

export interface CommandParts {
  readonly options: Arguments;
  readonly connection: Connection;
  readonly output: Output;
  /** Aborted when the user interrupts. */
  readonly interrupted: AbortSignal;
}

type Run = (parts: CommandParts) => Promise<number>;

const runOf: Readonly<Record<Command, Run>> = { list, show, redrive, discard };

/** Gives the exit code; errors are thrown. */
export async function runCommand(
  command: Command,
  options: Arguments,
  env: NodeJS.ProcessEnv,
  output: Output,
  interrupted: AbortSignal,
): Promise<number> {
  return withConnection(options, env, (connection) => runOf[command]({ options, connection, output, interrupted }));
}

async function list({ options, connection, output, interrupted }: CommandParts): Promise<number> {
  const { choice, all, json } = options;
  const found = await select(connection, await readLedger(connection), choice, { all, interrupted });
  const shown = found.slice(0, listLimitOf(options));
  if (json) {
    output.print(jsonLine({ total: found.length, deadLetters: shown.map(entryJson) }));
    return 0;
  }
  if (found.length === 0) {
    output.print(all ? "No dead letters.\n" : "No dead letters wait.\n");
    return 0;
  }
  output.print(listText(shown, { all }, output.paint));
  const rest = found.length - shown.length;
  if (rest > 0) output.print(`${rest} newer ones are not shown: --limit ${found.length} shows all.\n`);
  return 0;
}

async function show({ options, connection, output, interrupted }: CommandParts): Promise<number> {
  const [id = ""] = options.choice.ids;
  const topics = await topicsOf(connection, undefined);
  const named: StoredDeadLetter[] = [];
  const collect = (letters: readonly StoredDeadLetter[]) =>
    void named.push(...letters.filter((one) => isNamedBy(one, id)));
  await readLetters(connection, topics, collect, interrupted);
  interrupted.throwIfAborted();
  // An event may have failed for several groups and several times: the latest is what one asks for.
  const letter = named.sort(byFailure).at(-1);
  if (letter === undefined) throw notFound([id]);
  const history: HistoryEntry[] = [];
  const ledger = await readLedger(connection);
  await readLetters(connection, [letter.place.topic], (letters) => {
    for (const one of letters) {
      if (lineageOf(one) === lineageOf(letter))
        history.push({ letter: summaryOf(one), actions: ledger.actionsOn(one) });
    }
  });
  history.sort((one, other) => byFailure(one.letter, other.letter));
  const shown = { letter, event: await decodeEvent(letter.source, connection.registry), history };
  output.print(options.json ? jsonLine(shownJson(shown)) : showText(shown, output.paint));
  const others = new Set(named.map(lineageOf)).size - 1;
  if (others > 0) output.say(`dead letters of ${others} other records have that event id: list shows them`);
  return 0;
}

async function redrive(parts: CommandParts): Promise<number> {
  const { found, ledger } = await choose(parts);
  const [possible, impossible] = [
    found.filter(({ letter }) => letter.obstacle === undefined),
    found.filter(({ letter }) => letter.obstacle !== undefined),
  ];
  // Of those that can be sent: the others stay on the list, and portions would never get past them.
  const entries = possible.slice(0, parts.options.choice.limit);
  const by = operatorOf(parts.options);
  return handle({ ...parts, ledger, action: "redriven", entries, impossible, by });
}

async function discard(parts: CommandParts): Promise<number> {
  const { found, ledger } = await choose(parts);
  const entries = found.slice(0, parts.options.choice.limit);
  const by = operatorOf(parts.options);
  return handle({ ...parts, ledger, action: "discarded", entries, impossible: [], by });
}

/**
 * All that waits and fits, the oldest first.
 *
 * @throws BackboneError INVALID_OPTIONS if an ID names nothing that waits: nothing has been done then
 */
async function choose({
  options: { choice },
  connection,
  interrupted,
}: CommandParts): Promise<{ found: Entry[]; ledger: Ledger }> {
  await requireLedger(connection);
  const ledger = await readLedger(connection);
  const found = await select(connection, ledger, choice, { all: false, interrupted });
  const lacking = choice.ids.filter(
    (id) => !found.some(({ letter, spots }) => spots.some(({ place }) => isNamedBy({ ...letter, place }, id))),
  );
  if (lacking.length > 0) throw notFound(lacking);
  return { found, ledger };
}

function notFound(ids: readonly string[]): BackboneError {
  return new BackboneError(
    "INVALID_OPTIONS",
    `no dead letter that waits and fits: ${ids.join(", ")}; list shows places and events`,
  );
}

function operatorOf({ as }: Arguments): string {
  return as ?? userInfo().username;
}
