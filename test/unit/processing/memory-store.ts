import {
  type CancellationReason,
  type Claim,
  type ClaimKey,
  claimIdOf,
  type IdempotencyStore,
  type TransactItem,
  type TransactResult,
} from "../../../shared/idempotency/index.ts";

type Item = Record<string, unknown>;

/** An answer that a test puts in front of the store's own: a result, an error, or "proceed". */
type Answer = TransactResult | Error | "proceed" | "loseResponse";

/**
 * An idempotency store in memory that understands the two conditions the tests use: `attribute_not_exists(<key>)` on a
 * put and `#attribute >= :needed` on an ADD. It remembers tokens as DynamoDB does.
 */
export class MemoryStore implements IdempotencyStore {
  readonly tables = new Map<string, Map<string, Item>>();
  readonly tokens: string[] = [];
  readonly answers: Answer[] = [];
  lookUps = 0;
  failLookUps: Error | undefined;
  readonly #committed = new Map<string, string>();

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

  #check({ Put, Update }: TransactItem): CancellationReason {
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

export function cancelled(...reasons: CancellationReason[]): TransactResult {
  return { status: "cancelled", reasons };
}

export function awsError(name: string, httpStatusCode = 400): Error {
  return Object.assign(new Error("message of aws"), { name, $fault: "client", $metadata: { httpStatusCode } });
}
