import { BackboneError } from "../errors.ts";
import type { CancellationReason, TransactItem } from "../idempotency/index.ts";
import type { ConditionMeaning, Effects, Increment, ItemKey, Write } from "./effects.ts";

/** https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html */
const maxItems = 100;

/** One action of a transaction and what it means when its condition fails. */
interface Part {
  readonly item: TransactItem;
  readonly meaning: "claimed" | ConditionMeaning;
}

export type Transaction = readonly Part[];

/** What a cancelled transaction says about its record. */
export type Cancellation = "duplicate" | "surroundings" | "invalid" | ConditionMeaning;

/**
 * One transaction of a record's claim and effects.
 *
 * @throws BackboneError EFFECTS_TOO_LARGE when there are more than 100 actions or two on one item;
 * HANDLER_FAILED when an effect is refused: a write without a condition, an increment by nothing
 */
export function transactionOf(claim: TransactItem, { writes = [], increments = [] }: Effects): Transaction {
  const count = 1 + writes.length + increments.length;
  if (count > maxItems) {
    throw new BackboneError(
      "EFFECTS_TOO_LARGE",
      `the effects of one record need ${count} items with the claim, at most ${maxItems} fit one transaction`,
    );
  }
  const seen = new Set<string>();
  for (const { table, key } of [...writes, ...increments]) {
    const item = `${table} ${keyText(key)}`;
    if (seen.has(item)) {
      throw new BackboneError("EFFECTS_TOO_LARGE", `two effects of one record touch one item of the table ${table}`);
    }
    seen.add(item);
  }
  return [
    { item: claim, meaning: "claimed" },
    ...writes.map((write): Part => ({ item: writeItem(write), meaning: write.onConditionFailed })),
    ...increments.map((increment): Part => ({ item: incrementItem(increment), meaning: "redecide" })),
  ];
}

/**
 * Reads the reasons of a cancelled transaction, one a part. A failed claim outranks every other: the event's own earlier
 * success is what the other conditions trip over. Conflicts come before the business meanings, because a condition that
 * failed beside a conflict may see a change that is only just being made; `redecide` comes before the final ones,
 * because they were decided on a state that has moved.
 */
export function cancellationOf(transaction: Transaction, reasons: readonly CancellationReason[]): Cancellation {
  const failed = new Set(transaction.filter((_, i) => reasons[i] === "conditionFailed").map(({ meaning }) => meaning));
  if (failed.has("claimed")) return "duplicate";
  if (reasons.some((reason) => reason === "conflict" || reason === "throttled")) return "surroundings";
  if (reasons.includes("invalid")) return "invalid";
  const meanings = ["redecide", "duplicateOfBusinessKey", "ruleViolated"] as const;
  return meanings.find((meaning) => failed.has(meaning)) ?? "surroundings";
}

function writeItem(write: Write): TransactItem {
  const { table, key, condition, names, values } = write;
  if (condition.trim() === "") {
    throw new BackboneError("HANDLER_FAILED", `a ${write.action} on the table ${table} has no condition`);
  }
  const conditional = {
    TableName: table,
    ConditionExpression: condition,
    ...(names && { ExpressionAttributeNames: { ...names } }),
    ...(values && { ExpressionAttributeValues: { ...values } }),
  };
  switch (write.action) {
    case "put":
      return { Put: { ...conditional, Item: { ...write.item, ...key } } };
    case "update":
      return { Update: { ...conditional, Key: { ...key }, UpdateExpression: write.update } };
    case "delete":
      return { Delete: { ...conditional, Key: { ...key } } };
  }
}

function incrementItem({ table, key, attribute, by, atLeast }: Increment): TransactItem {
  if (!Number.isFinite(by) || by === 0) {
    throw new BackboneError("HANDLER_FAILED", `an increment on the table ${table} is by ${by}, not by a number but 0`);
  }
  return {
    Update: {
      TableName: table,
      Key: { ...key },
      UpdateExpression: "ADD #attribute :by",
      ExpressionAttributeNames: { "#attribute": attribute },
      ...(atLeast === undefined
        ? { ExpressionAttributeValues: { ":by": by } }
        : {
            // attribute + by >= atLeast, as conditions cannot add; false where the attribute is not there.
            ConditionExpression: "#attribute >= :needed",
            ExpressionAttributeValues: { ":by": by, ":needed": atLeast - by },
          }),
    },
  };
}

/** The same text for the same key, in whatever order its attributes are named. */
function keyText(key: ItemKey): string {
  const attributes = Object.entries(key).map(([name, value]) =>
    value instanceof Uint8Array ? [name, "binary", Buffer.from(value).toString("base64")] : [name, typeof value, value],
  );
  return JSON.stringify(attributes.sort(([a], [b]) => (String(a) < String(b) ? -1 : 1)));
}
