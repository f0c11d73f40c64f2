import { BackboneError } from "../errors.ts";
import {
  type CancellationReason,
  type Claim,
  type ClaimKey,
  claimIdOf,
  type IdempotencyStore,
  type TransactItem,
  type TransactResult,
} from "../idempotency/index.ts";

type Item = Record<string, unknown>;

/** An answer that a test puts in front of the store's own: a result, an error, or "proceed". */
export type MemoryStoreAnswer = TransactResult | Error | "proceed" | "loseResponse";

/**
 * An idempotency store in memory, with the tables that effects are written to, by name; items by the value of their
 * partition key. Claims are in the table `claims`. It remembers client request tokens as DynamoDB does.
 *
 * It understands puts under `attribute_not_exists(<partition key>)` and increments; other writes need DynamoDB Local.
 */
export class MemoryStore implements IdempotencyStore {
  readonly tables = new Map<string, Map<string, Item>>();
  /** The client request tokens of all calls. */
  readonly tokens: string[] = [];
  /** Taken one a call of `transact`, first in first out; when there are none, the store answers by itself. */
  readonly answers: MemoryStoreAnswer[] = [];
  lookUps = 0;
  failLookUps: Error | undefined;
  readonly #committed = new Map<string, string>();

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

  async isClaimed(key: ClaimKey): Promise<boolean> {
    this.lookUps++;
    if (this.failLookUps) throw this.failLookUps;
    return this.table("claims").has(claimIdOf(key));
  }

  /** @throws BackboneError INVALID_OPTIONS for a write that it does not understand */
  async transact(items: readonly TransactItem[], token: string): Promise<TransactResult> {
    this.tokens.push(token);
    await Promise.resolve();
    const answer = this.answers.shift() ?? "proceed";
    if (answer instanceof Error) throw answer;
    if (answer === "proceed") return this.#apply(items, token);
    if (answer !== "loseResponse") return answer;
    this.#apply(items, token);
    throw Object.assign(new Error("socket hang up"), { code: "ECONNRESET" });
  }

  #apply(items: readonly TransactItem[], token: string): TransactResult {
    const bytes = JSON.stringify(items);
    if (this.#committed.get(token) === bytes) return { status: "committed" };
    const reasons = items.map((item) => this.#check(item));
    if (reasons.some((reason) => reason !== "none")) return { status: "cancelled", reasons };
    for (const item of items) this.#write(item);
    this.#committed.set(token, bytes);
    return { status: "committed" };
  }

  #check(item: TransactItem): CancellationReason {
    const { Put, Update } = understood(item);
    if (Put) {
      const key = keyAttribute(Put.ConditionExpression);
      return this.table(Put.TableName ?? "").has(String(Put.Item?.[key])) ? "conditionFailed" : "none";
    }
    const needed = Update?.ExpressionAttributeValues?.[":needed"];
    const attribute = Update?.ExpressionAttributeNames?.["#attribute"] ?? "";
    const current = this.table(Update?.TableName ?? "").get(String(Object.values(Update?.Key ?? {})[0]))?.[attribute];
    return needed === undefined || Number(current) >= Number(needed) ? "none" : "conditionFailed";
  }

  #write({ Put, Update }: TransactItem): void {
    if (Put) {
      this.table(Put.TableName ?? "").set(String(Put.Item?.[keyAttribute(Put.ConditionExpression)]), { ...Put.Item });
    } else if (Update) {
      const key = String(Object.values(Update.Key ?? {})[0]);
      const item = this.table(Update.TableName ?? "").get(key) ?? { ...Update.Key };
      const attribute = Update.ExpressionAttributeNames?.["#attribute"] ?? "";
      item[attribute] = Number(item[attribute] ?? 0) + Number(Update.ExpressionAttributeValues?.[":by"]);
      this.table(Update.TableName ?? "").set(key, item);
    }
  }
}

function keyAttribute(condition: string | undefined): string {
  return /^attribute_not_exists\((\w+)\)$/.exec(condition ?? "")?.[1] ?? "";
}

function understood(item: TransactItem): TransactItem {
  const { Put, Update } = item;
  const isIncrement =
    Update?.UpdateExpression === "ADD #attribute :by" &&
    (Update.ConditionExpression ?? "#attribute >= :needed") === "#attribute >= :needed";
  if (isIncrement || (Put && keyAttribute(Put.ConditionExpression) !== "")) return item;
  throw new BackboneError(
    "INVALID_OPTIONS",
    "the memory store understands puts under attribute_not_exists(<partition key>) and increments, " +
      `got ${Object.keys(item).join(", ")} under ${(Put ?? Update ?? item.Delete)?.ConditionExpression ?? "no condition"}`,
  );
}
