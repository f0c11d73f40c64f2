import { isDeepStrictEqual } from "node:util";
import { BackboneError } from "../errors.ts";
import {
  attemptsIdOf,
  type CancellationReason,
  type Claim,
  type ClaimKey,
  claimIdOf,
  type Failures,
  type IdempotencyStore,
  type Lease,
  leaseIdOf,
  type RecordFailures,
  type RecordKey,
  type TransactItem,
  type TransactResult,
} from "../idempotency/index.ts";
import { type ExpressionScope, holds, updated } from "./expressions.ts";

type Item = Record<string, unknown>;

/** An answer that a test puts in front of the store's own: a result, an error, or "proceed". */
export type MemoryStoreAnswer = TransactResult | Error | "proceed" | "loseResponse";

export interface MemoryStoreOptions {
  /** Names of the key attributes by table, partition key first. @default what the first action on a table shows */
  readonly keys?: Readonly<Record<string, readonly string[]>>;
}

/**
 * An idempotency store in memory, with the tables that effects are written to, by name; items by the values of their key,
 * joined by `/`. Claims, leases and failures are in the table `claims`. It remembers client request tokens and refuses
 * two actions on one item as DynamoDB does.
 *
 * Of DynamoDB's expressions it understands the simple ones, see `holds` and `updated`. A put shows its table's key
 * attribute when its condition begins with `attribute_not_exists(<partition key>)`; else `keys` has to name it.
 */
export class MemoryStore implements IdempotencyStore {
  readonly tables = new Map<string, Map<string, Item>>();
  /** The client request tokens of all calls. */
  readonly tokens: string[] = [];
  /** The actions of all calls. */
  readonly calls: (readonly TransactItem[])[] = [];
  /** Taken one a call of `transact`, first in first out; when there are none, the store answers by itself. */
  readonly answers: MemoryStoreAnswer[] = [];
  lookUps = 0;
  failLookUps: Error | undefined;
  readonly #committed = new Map<string, readonly TransactItem[]>();
  readonly #keys: Map<string, readonly string[]>;

  constructor({ keys = {} }: MemoryStoreOptions = {}) {
    this.#keys = new Map(Object.entries({ claims: ["id"], ...keys }));
  }

  /** The items of a table, which begins empty. */
  table(name: string): Map<string, Item> {
    const table = this.tables.get(name) ?? new Map<string, Item>();
    this.tables.set(name, table);
    return table;
  }

  claimItem(claim: Claim): TransactItem {
    const Item = { id: claimIdOf(claim), eventType: claim.eventType };
    return { Put: { TableName: "claims", Item, ConditionExpression: "attribute_not_exists(id)" } };
  }

  unclaimedItem(key: ClaimKey): TransactItem {
    const ConditionExpression = "attribute_not_exists(id)";
    return { ConditionCheck: { TableName: "claims", Key: { id: claimIdOf(key) }, ConditionExpression } };
  }

  leaseItem({ owner, leasedUntil, now, ...key }: Lease): TransactItem {
    return {
      Put: {
        TableName: "claims",
        Item: { id: leaseIdOf(key), owner, leasedUntil: leasedUntil.getTime() },
        ConditionExpression: "attribute_not_exists(id) OR leasedUntil < :now",
        ExpressionAttributeValues: { ":now": now.getTime() },
      },
    };
  }

  releaseItem({ owner, ...key }: ClaimKey & Pick<Lease, "owner">): TransactItem {
    return {
      Delete: {
        TableName: "claims",
        Key: { id: leaseIdOf(key) },
        ConditionExpression: "owner = :owner",
        ExpressionAttributeValues: { ":owner": owner },
      },
    };
  }

  async isClaimed(key: ClaimKey): Promise<boolean> {
    return this.#lookUp(claimIdOf(key)) !== undefined;
  }

  async failuresOf(key: RecordKey): Promise<Failures> {
    const { attempts = 0, deadLettered } = this.#lookUp(attemptsIdOf(key)) ?? {};
    return { attempts: Number(attempts), ...(deadLettered !== undefined && { deadLettered: String(deadLettered) }) };
  }

  async writeFailures(written: RecordFailures): Promise<void> {
    const id = attemptsIdOf(written);
    const { attempts, deadLettered } = written;
    this.table("claims").set(id, { id, attempts, ...(deadLettered !== undefined && { deadLettered }) });
  }

  /** @throws BackboneError INVALID_OPTIONS for an expression that it does not understand */
  async transact(items: readonly TransactItem[], token: string): Promise<TransactResult> {
    this.tokens.push(token);
    this.calls.push(items);
    await Promise.resolve();
    const answer = this.answers.shift() ?? "proceed";
    if (answer instanceof Error) throw answer;
    if (answer === "proceed") return this.#apply(items, token);
    if (answer !== "loseResponse") return answer;
    this.#apply(items, token);
    throw Object.assign(new Error("socket hang up"), { code: "ECONNRESET" });
  }

  #lookUp(id: string): Item | undefined {
    this.lookUps++;
    if (this.failLookUps) throw this.failLookUps;
    return this.table("claims").get(id);
  }

  #apply(items: readonly TransactItem[], token: string): TransactResult {
    const committed = this.#committed.get(token);
    if (isDeepStrictEqual(committed, items)) return { status: "committed" };
    if (committed !== undefined) throw refused("IdempotentParameterMismatchException", "the token belongs to others");
    const actions = items.map((item) => this.#actionOf(item));
    if (new Set(actions.map(({ table, id }) => `${table} ${id}`)).size < actions.length) {
      throw refused("ValidationException", "Transaction request cannot include multiple operations on one item");
    }
    const reasons = actions.map(({ existing, condition, scope, returnsExisting }): CancellationReason => {
      if (condition === undefined || holds(condition, existing, scope)) return { code: "none" };
      return { code: "conditionFailed", ...(returnsExisting && existing && { existing }) };
    });
    if (reasons.some(({ code }) => code !== "none")) return { status: "cancelled", reasons };
    for (const { table, id, after } of actions) {
      if (after) this.table(table).set(id, after());
      else if (after === null) this.table(table).delete(id);
    }
    this.#committed.set(token, items);
    return { status: "committed" };
  }

  /** What an action finds and would leave: an item, none (null), or all as it is (undefined). */
  #actionOf({ Put, Update, Delete, ConditionCheck }: TransactItem) {
    const action = Put ?? Update ?? Delete ?? ConditionCheck;
    const table = action?.TableName ?? "";
    const condition = action?.ConditionExpression;
    const names = action?.ExpressionAttributeNames ?? {};
    const scope: ExpressionScope = { names, values: action?.ExpressionAttributeValues ?? {} };
    const key = (Update ?? Delete ?? ConditionCheck)?.Key;
    const id = this.#idOf(table, key, Put?.Item ?? {}, condition);
    const existing = this.table(table).get(id);
    const afterOf = (): (() => Item) | null | undefined => {
      if (Put) return () => ({ ...Put.Item });
      if (Update) return () => updated(Update.UpdateExpression ?? "", existing ?? { ...Update.Key }, scope);
      return Delete ? null : undefined;
    };
    const returnsExisting = action?.ReturnValuesOnConditionCheckFailure === "ALL_OLD";
    return { table, id, existing, condition, scope, returnsExisting, after: afterOf() };
  }

  #idOf(table: string, key: Item | undefined, item: Item, condition = ""): string {
    const shown = key ? Object.keys(key) : /^attribute_not_exists\((\w+)\)/.exec(condition)?.slice(1);
    const names = this.#keys.get(table) ?? shown;
    if (names === undefined) {
      throw new BackboneError(
        "INVALID_OPTIONS",
        `the memory store has to be told the key of the table ${table}: new MemoryStore({ keys: { ${table}: [...] } })`,
      );
    }
    return names.map((name) => String((key ?? item)[name])).join("/");
  }
}

/** An answer of DynamoDB that is no reason of a single action. */
function refused(name: string, message: string): Error {
  return Object.assign(new Error(message), { name });
}
