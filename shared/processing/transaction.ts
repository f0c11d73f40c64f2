import { BackboneError } from "../errors.ts";
import type { TransactItem } from "../idempotency/index.ts";
import type { ConditionMeaning, Effects, Increment, Write } from "./effects.ts";
import { checkIncrement, mergeIncrements } from "./increments.ts";
import { itemKeyText } from "./item-key.ts";
import { itemSizeOf } from "./item-size.ts";

// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html
export const maxItems = 100;
export const maxTransactionBytes = 4 * 1024 * 1024;
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html
const maxItemBytes = 400 * 1024;

/** What the failed condition of an action says; `claimed`: the event has taken effect, `leased`: another run has it. */
export type Meaning = "claimed" | "leased" | ConditionMeaning;

/** An action that has its item to itself. */
export interface ExclusivePart {
  readonly item: TransactItem;
  readonly meaning: Meaning;
  /** See `Write`. */
  readonly eventIdAttribute?: string;
}

/** Increments of one item, which those of other records may join. */
export interface SharedPart {
  readonly increments: readonly [Increment, ...Increment[]];
}

/** What one record wants to commit: all of it, or nothing. Parts by the text of their item's key. */
export interface RecordTransaction {
  readonly eventId: string;
  readonly parts: ReadonlyMap<string, ExclusivePart | SharedPart>;
  /** What it adds at most to the size of a transaction. */
  readonly bytes: number;
}

/**
 * A record's claim and effects.
 *
 * @param claim the action that claims the event, by the text of its item's key
 * @throws BackboneError EFFECTS_TOO_LARGE when they do not fit one transaction: more than 100 items, 4 MB, an item over
 * 400 KB, two writes of one item; HANDLER_FAILED when an effect is refused: a write without a condition, an increment by
 * nothing
 */
export function transactionOf(
  eventId: string,
  [claimText, claim]: readonly [text: string, item: TransactItem],
  { writes = [], increments = [] }: Effects,
): RecordTransaction {
  const parts = new Map<string, ExclusivePart | SharedPart>([[claimText, { item: claim, meaning: "claimed" }]]);
  let bytes = bytesOf(claim);
  for (const write of writes) {
    const item = writeItem(write);
    const putBytes = itemSizeOf(item.Put?.Item ?? {});
    if (putBytes > maxItemBytes) {
      throw tooLarge(`an item for the table ${write.table} is ${putBytes} bytes, at most ${maxItemBytes} are allowed`);
    }
    bytes += bytesOf(item);
    const text = itemKeyText(write.table, write.key);
    if (parts.has(text)) throw twoOnOneItem(write.table);
    const { eventIdAttribute } = write;
    parts.set(text, { item, meaning: write.onConditionFailed, ...(eventIdAttribute && { eventIdAttribute }) });
  }
  for (const increment of increments) {
    checkIncrement(increment);
    const text = itemKeyText(increment.table, increment.key);
    const before = parts.get(text);
    if (before && !isShared(before)) throw twoOnOneItem(increment.table);
    const one = [increment] as const;
    bytes += bytesOf(mergeIncrements(one));
    parts.set(text, { increments: before ? [...before.increments, increment] : one });
  }
  if (parts.size > maxItems) {
    throw tooLarge(
      `the effects of one record need ${parts.size} items with the claim, one transaction has ${maxItems}`,
    );
  }
  if (bytes > maxTransactionBytes) {
    throw tooLarge(`the effects of one record are ${bytes} bytes, one transaction has ${maxTransactionBytes}`);
  }
  return { eventId, parts, bytes };
}

/** Actions of the engine's own, without effects; each by the text of its item's key. */
export function bookkeeping(eventId: string, parts: readonly (readonly [string, ExclusivePart])[]): RecordTransaction {
  return { eventId, parts: new Map(parts), bytes: parts.reduce((sum, [, { item }]) => sum + bytesOf(item), 0) };
}

export function isShared(part: ExclusivePart | SharedPart): part is SharedPart {
  return "increments" in part;
}

const meanings: ReadonlySet<string> = new Set([
  "redecide",
  "duplicateOfBusinessKey",
  "ruleViolated",
  "taken",
] satisfies ConditionMeaning[]);
function writeItem(write: Write): TransactItem {
  const { table, key, condition, names, values, eventIdAttribute, onConditionFailed } = write;
  if (!meanings.has(onConditionFailed)) {
    throw new BackboneError(
      "HANDLER_FAILED",
      `a ${write.action} on the table ${table} has onConditionFailed '${onConditionFailed}', known are ${[...meanings].join(", ")}`,
    );
  }
  if (condition.trim() === "") {
    throw new BackboneError("HANDLER_FAILED", `a ${write.action} on the table ${table} has no condition`);
  }
  const conditional = {
    TableName: table,
    ConditionExpression: condition,
    ...(names && { ExpressionAttributeNames: { ...names } }),
    ...(values && { ExpressionAttributeValues: { ...values } }),
    ...(eventIdAttribute && { ReturnValuesOnConditionCheckFailure: "ALL_OLD" as const }),
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

/** What an update makes of its item only DynamoDB knows; this is what the action itself brings along. */
function bytesOf({ Put, Update, Delete, ConditionCheck }: TransactItem): number {
  const key = Put?.Item ?? Update?.Key ?? Delete?.Key ?? ConditionCheck?.Key ?? {};
  const values = (Put ?? Update ?? Delete ?? ConditionCheck)?.ExpressionAttributeValues ?? {};
  return itemSizeOf(key) + itemSizeOf(values);
}

function tooLarge(message: string): BackboneError {
  return new BackboneError("EFFECTS_TOO_LARGE", message);
}

function twoOnOneItem(table: string): BackboneError {
  return tooLarge(`two effects of one record touch one item of the table ${table}, and not all of them are increments`);
}
