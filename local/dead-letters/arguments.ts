import { BackboneError } from "../../shared/errors.ts";
import { epochMsOf } from "../../shared/timestamp/index.ts";
import { type ConnectionArguments, connectionOf, connectionOptions, connectionParsing } from "../access/arguments.ts";
import { readCommand, wholeNumber } from "../command-line/read-command-line.ts";

export const usage = `npm run dead-letters -- COMMAND [options]

  list                       what lies in the dead-letter topics and is not dealt with
  show ID                    one of them: the event, the error, the history; ID is its place or its event's id
  redrive [ID…]              send them back to the topic that they came from, for the consumer group that failed
  discard [ID…]              take them off the list for good; keeps who did it and why

  Which of them (with list, redrive and discard; all that are given must fit):
  --topic NAME               of that source topic, or in that dead-letter topic
  --group NAME               of that consumer group
  --code CODE                with that error code; OFFLOADED for what the mapping gave up
  --since TIME               failed since then: 2026-01-31T08:00:00Z, or 30m, 12h, 7d ago
  --key TEXT                 with that record key
  --limit N                  the N oldest (default 100 with list, no limit with redrive and discard);
                             with redrive, of those that can be sent

  --all                      list: also what was redriven or discarded
  --claims-gone              redrive: also what failed first more than 15 days ago. If it has taken effect since, its
                             claim may be gone by now, and it takes effect again
  --dry-run                  redrive, discard: only say what would be done
  --yes                      redrive, discard: do not ask, however many they are (asked from 101 on)
  --reason TEXT              discard: why; needed
  --as NAME                  redrive, discard: who does it (default the user of the operating system)
  --json                     print one JSON object, and nothing else, on standard output

  Which cluster (default: the running local backbone):
  -c, --command-config FILE  a client properties file, as Kafka's own tools take it
  --bootstrap-servers HOST:PORT,… --auth iam
  --bootstrap-servers HOST:PORT,… --auth scram --secret ARN
  --registry URL             schema registry, Confluent API, to decode events (default that of the local backbone)

  -f, --file FILE            the access file, which names the consumer groups (default infra/access.yaml)
  --stage NAME               the stage whose variables it is read with (default that of the running local backbone, or
                             else prod)
  --help                     print this

Exit code: 0 done, 1 not all was done, 2 wrong arguments or a refusal, before anything was done,
130 interrupted: the same command goes on.
`;

export type Command = "list" | "show" | "redrive" | "discard";

/** Which dead letters; all that is given has to fit. */
export interface Choice {
  readonly ids: readonly string[];
  readonly topic: string | undefined;
  readonly group: string | undefined;
  readonly code: string | undefined;
  /** Epoch milliseconds. */
  readonly sinceMs: number | undefined;
  readonly key: string | undefined;
  /** The oldest so many. */
  readonly limit: number | undefined;
}

export interface Arguments {
  /** Undefined when help is asked for. */
  readonly command: Command | undefined;
  readonly choice: Choice;
  readonly all: boolean;
  /** Redrive also what claims are not sure to recognise any more. */
  readonly claimsGone: boolean;
  readonly dryRun: boolean;
  readonly yes: boolean;
  /** Empty unless discarding. */
  readonly reason: string;
  readonly as: string | undefined;
  readonly json: boolean;
  readonly connection: ConnectionArguments;
  readonly registryUrl: string | undefined;
  /** The access file; undefined: that of this project. */
  readonly file: string | undefined;
  /** Undefined: that of the running backbone, or prod. */
  readonly stage: string | undefined;
}

const options = {
  topic: { type: "string" },
  group: { type: "string" },
  code: { type: "string" },
  since: { type: "string" },
  key: { type: "string" },
  limit: { type: "string" },
  all: { type: "boolean" },
  "claims-gone": { type: "boolean" },
  "dry-run": { type: "boolean" },
  yes: { type: "boolean" },
  reason: { type: "string" },
  as: { type: "string" },
  json: { type: "boolean" },
  registry: { type: "string" },
  file: { type: "string", short: "f" },
  stage: { type: "string" },
  ...connectionParsing,
  help: { type: "boolean" },
} as const;
const everywhere = [...connectionOptions, "file", "stage", "json"] as const;
const filters = ["topic", "group", "code", "since", "key", "limit"] as const;
const optionsOf = {
  list: [...everywhere, ...filters, "all"],
  show: [...everywhere, "registry"],
  redrive: [...everywhere, ...filters, "claims-gone", "dry-run", "yes", "as"],
  discard: [...everywhere, ...filters, "dry-run", "yes", "as", "reason"],
} as const satisfies Record<Command, readonly (keyof typeof options)[]>;
const msOf: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };
const defaultListLimit = 100;

/**
 * @param nowMs what `--since 2h` counts back from, epoch milliseconds
 * @throws BackboneError INVALID_OPTIONS naming what is wrong and what is allowed
 */
export function parseArguments(args: readonly string[], nowMs: number): Arguments {
  // The key of a record may be empty.
  const line = { options, word: "COMMAND", optionsOf, mayBeBlank: ["key"] } as const;
  const { values, command, words: ids } = readCommand(args, line);
  const { topic, group, code, key } = values;
  const limit = values.limit === undefined ? undefined : wholeNumber("--limit", values.limit, 1, 999_999_999);
  const parsed = {
    choice: { ids, topic, group, code, sinceMs: sinceOf(values.since, nowMs), key, limit },
    all: values.all ?? false,
    claimsGone: values["claims-gone"] ?? false,
    dryRun: values["dry-run"] ?? false,
    yes: values.yes ?? false,
    reason: values.reason?.trim() ?? "",
    as: values.as?.trim(),
    json: values.json ?? false,
    registryUrl: values.registry,
    file: values.file,
    stage: values.stage,
  };
  if (command === undefined) return { ...parsed, command, connection: { kind: "local" } };
  if (command === "list" && ids.length > 0) throw invalid(`${ids[0]} does not go with list: show takes it`);
  if (command === "show" && ids.length !== 1) throw invalid(`show takes one ID, got ${ids.length}`);
  if (command === "discard" && values.reason === undefined) throw invalid("--reason is missing: discard keeps why");
  // It is not repeated: there may be a password in it.
  if (values.registry !== undefined && !/^https?:\/\/./.test(values.registry)) {
    throw invalid("--registry: has to be an http or https URL");
  }
  return { ...parsed, command, connection: connectionOf(values) };
}

/** How many `list` shows: a person's screen has an end, a program's has none. */
export function listLimitOf({ choice, json }: Arguments): number {
  return choice.limit ?? (json ? Number.POSITIVE_INFINITY : defaultListLimit);
}

function sinceOf(text: string | undefined, nowMs: number): number | undefined {
  if (text === undefined) return undefined;
  const [, count, unit = ""] = /^(\d{1,9})([mhd])$/.exec(text) ?? [];
  if (count !== undefined) return nowMs - Number(count) * (msOf[unit] ?? 0);
  // Date.parse takes much that is no time, the 31st of February for one, and local time where no zone is given.
  const [, day, minute, rest = ":00Z"] = /^(\d{4}-\d{2}-\d{2})(?:(T\d{2}:\d{2})(.+))?$/.exec(text) ?? [];
  const at = day && epochMsOf(`${day}${minute ?? "T00:00"}${/^(Z|[+-])/.test(rest) ? `:00${rest}` : rest}`);
  if (typeof at !== "number") {
    throw invalid(`--since ${text}: has to be a time like 2026-01-31T08:00:00Z or 2026-01-31, or 30m, 12h, 7d`);
  }
  if (at > nowMs) throw invalid(`--since ${text}: must not be in the future, now is ${new Date(nowMs).toISOString()}`);
  return at;
}

function invalid(message: string): BackboneError {
  return new BackboneError("INVALID_OPTIONS", message);
}
