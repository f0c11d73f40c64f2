import { setImmediate as nextTurn } from "node:timers/promises";
import fc from "fast-check";
import { expect, test } from "vitest";
import { BackboneError } from "../../shared/errors.ts";
import type { CancellationReason, TransactItem, TransactResult } from "../../shared/idempotency/index.ts";
import { type Decide, type DecodedRecord, identityOf } from "../../shared/processing/index.ts";
import { MemoryStore } from "../../shared/testing/index.ts";
import { awsError } from "../unit/processing/answers.ts";
import { decoded, type Order, runBatch } from "../unit/processing/run-batch.ts";

const numRuns = 500;
const initialStock = 40;
const skus = ["x", "y", "z"];
/** A call is cancelled for others' sake, is lost, loses its answer, or arrives when nobody waits for it any more. */
const troubles = ["none", "none", "none", "conflict", "throttled", "unsent", "lost", "late", "outage"] as const;
type Trouble = (typeof troubles)[number];

/** DynamoDB on a bad day. */
class TroubledStore extends MemoryStore {
  /** The events in the order in which they took effect. */
  readonly effective: string[] = [];
  readonly #troubles: readonly Trouble[];
  readonly #late: Promise<unknown>[] = [];
  #turn = 0;

  constructor(troubles: readonly Trouble[]) {
    super({ keys: { stock: ["sku"], orders: ["name"] } });
    this.#troubles = troubles;
  }

  override async transact(items: readonly TransactItem[], token: string): Promise<TransactResult> {
    const turn = this.#turn++;
    const trouble = this.#troubles[turn % this.#troubles.length] ?? "none";
    await this.#turns(turn % 4);
    if (trouble === "unsent") throw awsError("TimeoutError");
    if (trouble === "outage") throw awsError("InternalServerError", 500);
    if (trouble === "conflict" || trouble === "throttled") {
      const culprit = turn % items.length;
      const reasons = items.map((_, index): CancellationReason => ({ code: index === culprit ? trouble : "none" }));
      return { status: "cancelled", reasons };
    }
    if (trouble === "late") {
      this.#late.push(this.#turns(8 + (turn % 40)).then(() => this.#commit(items, token)));
      throw awsError("TimeoutError");
    }
    const result = await this.#commit(items, token);
    await this.#turns(turn % 3);
    if (trouble === "lost") throw Object.assign(new Error("socket hang up"), { code: "ECONNRESET" });
    return result;
  }

  /** Waits for requests that were given up and are still on their way. */
  async settled(): Promise<void> {
    await Promise.all(this.#late);
  }

  async #commit(items: readonly TransactItem[], token: string): Promise<TransactResult> {
    const before = new Set(this.table("claims").keys());
    const result = await super.transact(items, token);
    for (const id of this.table("claims").keys()) {
      if (id.startsWith("group#") && !before.has(id)) this.effective.push(id.replace("group#/test#", ""));
    }
    return result;
  }

  async #turns(count: number): Promise<void> {
    for (let turn = 0; turn < count; turn++) await nextTurn();
  }
}

interface Plan {
  readonly sku: string;
  readonly quantity: number;
  readonly key: number | null;
  readonly partition: number;
  /** The business key; two events may have the same. */
  readonly order: number;
  /** Produced twice: the same event at another offset. */
  readonly twice: boolean;
  readonly throws: boolean;
  /** Its schema cannot be fetched when it first comes. */
  readonly unreadable: boolean;
}

const plan = fc.record<Plan>({
  sku: fc.constantFrom(...skus),
  quantity: fc.integer({ min: 1, max: 4 }),
  key: fc.option(fc.integer({ min: 0, max: 5 })),
  partition: fc.integer({ min: 0, max: 2 }),
  order: fc.integer({ min: 0, max: 60 }),
  twice: fc.boolean(),
  throws: fc.integer({ min: 0, max: 9 }).map((drawn) => drawn === 0),
  unreadable: fc.integer({ min: 0, max: 9 }).map((drawn) => drawn === 0),
});

const away = new BackboneError("REGISTRY_UNAVAILABLE", "away");

function recordsOf(plans: readonly Plan[]): DecodedRecord<Order>[] {
  return plans.flatMap(({ key, partition, twice }, index) => {
    const record = () => decoded({ id: `${index}`, key: key === null ? null : `k${key}`, partition });
    return twice ? [record(), record()] : [record()];
  });
}

/** Reserves stock as a service would: a rejected order leaves its item too. */
function decisionOf(plans: readonly Plan[], store: MemoryStore): Decide<Order> {
  return async ({ id }) => {
    const { order, quantity, sku, throws } = plans[Number(id)] as Plan;
    if (throws) throw new Error("always");
    const stock = store.table("stock").get(sku)?.remaining;
    await nextTurn();
    const enough = quantity <= Number(stock ?? initialStock);
    const name = `${order}`;
    const item = { event: id, sku, reserved: enough ? quantity : 0 };
    const condition = "attribute_not_exists(name)";
    const written = { action: "put", table: "orders", key: { name }, item, condition } as const;
    const first = { action: "put", table: "stock", key: { sku }, condition: "attribute_not_exists(sku)" } as const;
    return {
      writes: [
        { ...written, onConditionFailed: "duplicateOfBusinessKey", eventIdAttribute: "event" },
        ...(enough && stock === undefined
          ? [{ ...first, item: { remaining: initialStock - quantity }, onConditionFailed: "redecide" as const }]
          : []),
      ],
      increments:
        enough && stock !== undefined
          ? [{ table: "stock", key: { sku }, attribute: "remaining", by: -quantity, atLeast: 0 }]
          : [],
    };
  };
}

const plans = fc.array(plan, { minLength: 1, maxLength: 40 });
const mix = fc
  .array(fc.constantFrom(...troubles), { minLength: 1, maxLength: 20 })
  .map((drawn) => [...drawn, "none"] as const);
const options = fc.record({
  concurrency: fc.integer({ min: 1, max: 60 }),
  lingerMs: fc.constantFrom(0, 1),
  ordering: fc.constantFrom("key" as const, "partition" as const, "none" as const),
});

const idOf = (record: DecodedRecord) => identityOf(record)?.id ?? "";

/** Delivers until nothing is unfinished, to two invocations at once; some of them have next to no time. */
async function deliver(
  records: readonly DecodedRecord<Order>[],
  plans: readonly Plan[],
  hurry: boolean,
  run: (part: readonly DecodedRecord<Order>[], remainingMs: number) => ReturnType<typeof runBatch>,
) {
  const deadLetters = new Set<DecodedRecord["source"]>();
  let left = records;
  for (let round = 0; left.length > 0; round++) {
    expect(round).toBeLessThan(50);
    const unreadable = (record: DecodedRecord<Order>) => round === 0 && plans[Number(idOf(record))]?.unreadable;
    const given = left.map((record): DecodedRecord<Order> => {
      return unreadable(record) ? { status: "failed", source: record.source, error: away } : record;
    });
    const ends = await Promise.all([
      run(given, hurry && round < 3 ? 12 : 5_000),
      run(given, hurry && round < 2 ? 8 : 5_000),
    ]);
    for (const { outcomes, published } of ends) {
      expect(outcomes.map(({ record }) => record)).toEqual(given);
      for (const { record } of published) deadLetters.add(record);
    }
    const [{ outcomes }] = ends;
    left = left.filter((_, index) => outcomes[index]?.status === "unfinished");
  }
  return deadLetters;
}

test("no effect is lost or doubled, bounds and order hold, whatever the database does and however often it is delivered", async () => {
  await fc.assert(
    fc.asyncProperty(plans, mix, options, fc.boolean(), async (drawn, troubled, chosen, hurry) => {
      const store = new TroubledStore(troubled);
      const records = recordsOf(drawn);
      const decide = decisionOf(drawn, store);
      const deadLetters = await deliver(records, drawn, hurry, (part, remainingMs) =>
        runBatch({
          records: part,
          decide,
          store,
          maxAttempts: 2,
          remainingMs,
          options: { ...chosen, maxRedecisions: 100 },
        }),
      );
      await store.settled();

      // Each event has taken effect once, or is dead-lettered and has not.
      const claimed = new Set(store.effective);
      expect(store.effective).toHaveLength(claimed.size);
      for (const record of records) {
        const id = idOf(record);
        const plan = drawn[Number(id)] as Plan;
        const written = store.table("orders").get(`${plan.order}`);
        expect(claimed.has(id)).toBe(written?.event === id);
        expect(deadLetters.has(record.source)).toBe(!claimed.has(id));
        if (!claimed.has(id) && !plan.throws) expect(written).toBeDefined();
      }
      for (const sku of skus) {
        const reserved = [...store.table("orders").values()].filter((order) => order.sku === sku);
        const sum = reserved.reduce((total, order) => total + Number(order.reserved), 0);
        expect(Number(store.table("stock").get(sku)?.remaining ?? initialStock)).toBe(initialStock - sum);
        expect(sum).toBeLessThanOrEqual(initialStock);
      }
      if (chosen.ordering === "none") return;
      const places = new Map<string, number>();
      for (const id of store.effective) {
        const plan = drawn[Number(id)] as Plan;
        if (plan.key === null && chosen.ordering === "key") continue;
        const lane = chosen.ordering === "key" ? `${plan.partition} ${plan.key}` : `${plan.partition}`;
        expect(Number(id)).toBeGreaterThan(places.get(lane) ?? -1);
        places.set(lane, Number(id));
      }
    }),
    { numRuns },
  );
});
