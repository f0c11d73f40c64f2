import * as v from "valibot";
import { redriveGroupPrefix } from "../../shared/access/index.ts";
import { type Place, placeText, type StoredDeadLetter } from "../../shared/dead-letter/index.ts";
import { BackboneError } from "../../shared/errors.ts";
import type { OutgoingRecord } from "../../shared/kafka/index.ts";
import { readTopics } from "../read-topics.ts";
import type { Connection } from "./connection.ts";

/** Who did what with which dead letter, when and why. Declared in the access file; nothing else knows it. */
export const ledgerTopic = "dead-letter-actions";

const actionSchema = v.object({
  action: v.picklist(["redriven", "discarded"]),
  /** `<topic>/<partition>/<offset>` */
  deadLetter: v.string(),
  /** When the broker took the dead letter, ISO 8601: a topic that was made anew counts its offsets from 0 again. */
  storedAt: v.string(),
  by: v.string(),
  /** ISO 8601, UTC. */
  at: v.string(),
  /** Of what is discarded. */
  reason: v.optional(v.string()),
  consumerGroup: v.optional(v.string()),
  eventId: v.optional(v.string()),
  redriveCount: v.number(),
});

export type Action = v.InferOutput<typeof actionSchema>;

/** A place, and when the broker took what lies there. */
export interface Spot {
  readonly place: Place;
  readonly storedAtMs: number;
}

export interface Ledger {
  /** What was done with the dead letter there, the earliest first. */
  actionsOn(spot: Spot): readonly Action[];
  /** Reads it again if anybody else has written to it since. */
  catchUp(): Promise<void>;
  /** Writes down what was done, once for each of the spots. Resolves when the broker has acknowledged all. */
  writeDown(
    deed: Deed,
    letter: Pick<StoredDeadLetter, "consumerGroup" | "identity" | "redriveCount">,
    spots: readonly Spot[],
  ): Promise<void>;
}

/** Everything that was ever written down; of a cluster without the topic, nothing. */
export async function readLedger(connection: Connection): Promise<Ledger> {
  let read = await readActions(connection);
  /** Acknowledged since it was read. */
  let ownRecords = 0;
  return {
    actionsOn: ({ place, storedAtMs }) => read.actions.get(keyOf(placeText(place), isoTime(storedAtMs))) ?? [],
    async catchUp() {
      // Each of its own is in the log, so that the log is longer than that if somebody else's is there, too.
      if ((await endOf(connection)) === read.end + ownRecords) return;
      read = await readActions(connection);
      ownRecords = 0;
    },
    async writeDown(deed, letter, spots) {
      await Promise.all(spots.map((spot) => connection.producer.send(ledgerTopic, recordOf(deed, letter, spot))));
      ownRecords += spots.length;
    },
  };
}

/** The actions by the dead letter's place and time, and the end of what was read. */
async function readActions(connection: Connection): Promise<{ actions: Map<string, Action[]>; end: number }> {
  const actions = new Map<string, Action[]>();
  // Taken first: what comes while it reads is beyond this end, and has it read once more.
  const end = await endOf(connection);
  if (end > 0) {
    await readTopics({
      kafka: connection.kafka,
      topics: [ledgerTopic],
      groupPrefix: redriveGroupPrefix,
      onRecords(records) {
        for (const { value } of records) {
          const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), actionSchema), value?.toString("utf8"));
          // What somebody else wrote there says nothing about dead letters.
          if (!parsed.success) continue;
          const key = keyOf(parsed.output.deadLetter, parsed.output.storedAt);
          const before = actions.get(key);
          if (before === undefined) actions.set(key, [parsed.output]);
          else before.push(parsed.output);
        }
      },
    });
  }
  return { actions, end };
}

/** How many records were ever written to it; 0 where there is no such topic. */
async function endOf({ admin }: Connection): Promise<number> {
  if (!(await admin.listTopics()).includes(ledgerTopic)) return 0;
  return (await admin.fetchTopicOffsets(ledgerTopic)).reduce((sum, { high }) => sum + Number(high), 0);
}

/** @throws BackboneError INVALID_OPTIONS if the cluster has no place to write down what is done */
export async function requireLedger({ admin }: Connection): Promise<void> {
  if ((await admin.listTopics()).includes(ledgerTopic)) return;
  throw new BackboneError(
    "INVALID_OPTIONS",
    `topic ${ledgerTopic} is missing or may not be seen: what is done is written down there; the access file declares it`,
  );
}

export interface Deed extends Pick<Action, "action" | "by" | "at"> {
  readonly reason?: string;
}

function recordOf(
  deed: Deed,
  { consumerGroup, identity, redriveCount }: Pick<StoredDeadLetter, "consumerGroup" | "identity" | "redriveCount">,
  { place, storedAtMs }: Spot,
): OutgoingRecord {
  const action: Action = {
    ...deed,
    deadLetter: placeText(place),
    storedAt: isoTime(storedAtMs),
    ...(consumerGroup === undefined ? {} : { consumerGroup }),
    ...(identity === undefined ? {} : { eventId: identity.id }),
    redriveCount,
  };
  return { key: Buffer.from(action.deadLetter), value: Buffer.from(JSON.stringify(action)), headers: [] };
}

function keyOf(deadLetter: string, storedAt: string): string {
  return `${deadLetter} ${storedAt}`;
}

function isoTime(ms: number): string {
  return new Date(ms).toISOString();
}
