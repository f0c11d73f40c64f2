import { setTimeout as sleep } from "node:timers/promises";
import { BatchGetCommand, type DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { BackboneError } from "../../shared/errors.ts";

/** https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html */
const maxKeysPerCall = 100;
/** Calls for one page of keys: with waits of at most 50, 100, 200 and 400 ms between them, 375 ms on average. */
const maxCalls = 5;
const firstWaitMs = 50;

export interface StockReaderOptions {
  readonly client: Pick<DynamoDBDocumentClient, "send">;
  readonly table: string;
  /** Numbers in [0, 1) for the jitter. @default Math.random */
  readonly random?: () => number;
}

/**
 * Reads the remaining units of SKUs, consistently: 100 keys a call, keys that DynamoDB leaves unprocessed again.
 *
 * The reader rejects with DATABASE_UNAVAILABLE when keys stay unprocessed, and with the AWS SDK's errors.
 */
export function createStockReader({ client, table, random = Math.random }: StockReaderOptions) {
  return async function readStock(skus: readonly string[]): Promise<ReadonlyMap<string, number>> {
    const stock = new Map<string, number>();
    for (let start = 0; start < skus.length; start += maxKeysPerCall) {
      await readPage(skus.slice(start, start + maxKeysPerCall), stock);
    }
    return stock;
  };

  async function readPage(skus: readonly string[], stock: Map<string, number>): Promise<void> {
    let keys: Record<string, unknown>[] = skus.map((sku) => ({ sku }));
    for (let call = 0; keys.length > 0; call++) {
      if (call === maxCalls) {
        throw new BackboneError(
          "DATABASE_UNAVAILABLE",
          `${keys.length} stock items stay unread after ${maxCalls} calls`,
        );
      }
      if (call > 0) await sleep(random() * firstWaitMs * 2 ** (call - 1));
      const { Responses, UnprocessedKeys } = await client.send(
        new BatchGetCommand({ RequestItems: { [table]: { Keys: keys, ConsistentRead: true } } }),
      );
      for (const { sku, remaining } of Responses?.[table] ?? []) stock.set(String(sku), Number(remaining));
      keys = UnprocessedKeys?.[table]?.Keys ?? [];
    }
  }
}
