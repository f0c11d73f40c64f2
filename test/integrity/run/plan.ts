import type { MskRecord } from "../../../shared/msk-event/index.ts";
import { mskEvent, type TestRecord } from "../../../shared/testing/index.ts";
import type { EventData, EventKind } from "../consumer/decision.ts";

export interface PlanOptions {
  /** Numbers from 0 to 1. */
  readonly random: () => number;
  /** Events that have to take effect. */
  readonly events: number;
  readonly partitions: number;
  /** All records of a key lie in one partition. */
  readonly keys: number;
  readonly skus: number;
  /** Records that have to become dead letters: some throw, some violate a rule, some are malformed. @default 0 */
  readonly poison?: number;
  /** Of what kinds poison is, taken in turn. @default all three */
  readonly poisonKinds?: readonly ("throws" | "violates" | "malformed")[];
  /** Of what kinds the others are, drawn for each. @default mostly plain, some guarded, some that read themselves */
  readonly kinds?: readonly EventKind[];
  /** Events that were produced a second time: the same id at a later offset. @default 0 */
  readonly producedTwice?: number;
}

/** An event that has to take effect once. */
export interface PlannedEvent extends EventData {
  readonly id: string;
}

/** The records of a topic, and what has to come of them. */
export interface Plan {
  readonly topic: string;
  /** Those of a partition in the order of their offsets. */
  readonly records: readonly MskRecord[];
  readonly events: readonly PlannedEvent[];
  /** Places of the records that have to become dead letters. */
  readonly poison: ReadonlySet<string>;
  /** Records whose event lies at an earlier offset, too. */
  readonly producedTwice: number;
}

/** Where a record lies, as a text. */
export function placeOf({ partition, offset }: { partition: number | string; offset: number | string }): string {
  return `${partition}@${offset}`;
}

const usualKinds: readonly EventKind[] = ["plain", "plain", "plain", "guarded", "readsItself"];

/** Records as they might lie in a topic, by the numbers of `random` alone. */
export function planRecords(options: PlanOptions): Plan {
  const { random, keys, partitions, poison = 0, producedTwice = 0, kinds: goodKinds = usualKinds } = options;
  const topic = `integrity-${crypto.randomUUID()}`;
  const pick = (below: number) => Math.floor(random() * below);
  const sequences = new Map<string, number>();
  const nextOf = (key: string) => {
    const next = (sequences.get(key) ?? 0) + 1;
    sequences.set(key, next);
    return next;
  };
  const dataOf = (kind: EventKind, key: string, sequence: number): EventData => {
    return { kind, key, sequence, sku: `SKU-${pick(options.skus)}`, quantity: 1 + pick(3) };
  };

  const events = Array.from({ length: options.events }, (_, index): PlannedEvent => {
    const key = `K-${pick(keys)}`;
    return { id: `e-${index}`, ...dataOf(goodKinds[pick(goodKinds.length)] ?? "plain", key, nextOf(key)) };
  });
  type Entry = PlannedEvent | { readonly id: string; readonly kind: "malformed"; readonly key: string };
  const entries: Entry[] = [...events];
  const kinds = options.poisonKinds ?? ["throws", "violates", "malformed"];
  for (let index = 0; index < poison; index += 1) {
    const [kind = "throws", id, key] = [kinds[index % kinds.length], `p-${index}`, `K-${pick(keys)}`];
    entries.splice(pick(entries.length + 1), 0, {
      id,
      ...(kind === "malformed" ? { kind, key } : dataOf(kind, key, 0)),
    });
  }
  for (let index = 0; index < producedTwice; index += 1) {
    const event = events[pick(events.length)];
    if (event === undefined) break;
    const first = entries.indexOf(event);
    entries.splice(first + 1 + pick(entries.length - first), 0, event);
  }

  const offsets = new Map<number, number>();
  const poisonPlaces = new Set<string>();
  const records = entries.map((entry): TestRecord => {
    const partition = Number(entry.key.slice(2)) % partitions;
    const offset = offsets.get(partition) ?? 0;
    offsets.set(partition, offset + 1);
    if (entry.id.startsWith("p-")) poisonPlaces.add(placeOf({ partition, offset }));
    if (entry.kind === "malformed") return { partition, offset, key: entry.key, value: entry.id };
    const { id, ...data } = entry;
    return { partition, offset, event: { id, source: "/integrity", type: "Sold", partitionkey: entry.key, data } };
  });
  return {
    topic,
    records: Object.values(mskEvent({ topic, records }).records).flat(),
    events,
    poison: poisonPlaces,
    producedTwice,
  };
}
