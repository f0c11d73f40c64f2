import { type AttributeValue, TransactionCanceledException, type TransactWriteItem } from "@aws-sdk/client-dynamodb";
import { itemBytes } from "./item-bytes.ts";

/** Bytes of an item that one write unit pays for. */
const writeUnitBytes = 1024;

/**
 * Units that an answered command has consumed: what DynamoDB Local reports, except for transactions. Of those it
 * reports 4 units for each begun KB of all items of a table together, where AWS takes 2 for each begun KB of each item,
 * one to prepare and one to commit. What AWS takes is what is counted; of an updated item the least is known, 1 KB.
 *
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html
 */
export function answeredUnits(input: object, output: object): number {
  return isTransaction(input) ? transactionUnits(input.TransactItems) : reportedUnits(output);
}

/**
 * Write units of a command that was refused, which no error reports. A write whose condition failed consumes what it
 * would have consumed. So does, at most, a cancelled transaction: that is what is counted.
 *
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/WorkingWithItems.html
 */
export function refusedUnits(input: object, error: unknown): number {
  if (error instanceof TransactionCanceledException)
    return isTransaction(input) ? transactionUnits(input.TransactItems) : 0;
  return error instanceof Error && error.name === "ConditionalCheckFailedException" ? writeUnits(input) : 0;
}

function isTransaction(input: object): input is { readonly TransactItems: readonly TransactWriteItem[] } {
  return "TransactItems" in input && Array.isArray(input.TransactItems);
}

function transactionUnits(actions: readonly TransactWriteItem[]): number {
  return actions.reduce((sum, { Put }) => sum + 2 * writeUnits(Put ?? {}), 0);
}

function writeUnits(write: { readonly Item?: Record<string, AttributeValue> | undefined }): number {
  return Math.max(1, Math.ceil(itemBytes(write.Item ?? {}) / writeUnitBytes));
}

/** `ConsumedCapacity` of one table, or of several as a list. */
function reportedUnits(output: object): number {
  const reported: unknown[] = "ConsumedCapacity" in output ? [output.ConsumedCapacity].flat() : [];
  return reported.reduce<number>((sum, capacity) => {
    const isThere = typeof capacity === "object" && capacity !== null && "CapacityUnits" in capacity;
    return isThere ? sum + Number(capacity.CapacityUnits) : sum;
  }, 0);
}
