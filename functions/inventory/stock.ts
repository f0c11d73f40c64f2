import { setImmediate as afterThisTurn, setTimeout as sleep } from "node:timers/promises";
import { BatchGetItemCommand, type DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { fromAttributes, toAttributes } from "../../shared/dynamodb/index.ts";
import { BackboneError } from "../../shared/errors.ts";

/** https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html */
const maxKeysPerCall = 100;
/** Calls for one page of keys: with waits of at most 50, 100, 200 and 400 ms between them, 375 ms on average. */
const maxCalls = 5;
const firstWaitMs = 50;

export interface StockReaderOptions {
  readonly client: Pick<DynamoDBClient, "send">;
  readonly table: string;
  /** Numbers in [0, 1) for the jitter. @default Math.random */
  readonly random?: () => number;
}

/**
 * Reads the remaining units of SKUs, consistently: 100 keys a call, keys that DynamoDB leaves unprocessed again.
 *
 * What is asked for in one turn of the event loop is read together, each SKU once: decisions that are made side by side
 * share their reads. The answer may hold more SKUs than were asked for.
 *
 * The reader rejects with DATABASE_UNAVAILABLE when keys stay unprocessed, and with the AWS SDK's errors.
 */
export function createStockReader({ client, table, random = Math.random }: StockReaderOptions) {
  let turn: { readonly skus: Set<string>; readonly stock: Promise<ReadonlyMap<string, number>> } | undefined;

  return function readStock(skus: readonly string[]): Promise<ReadonlyMap<string, number>> {
    turn ??= beginTurn();
    for (const sku of skus) turn.skus.add(sku);
    return turn.stock;
  };

  function beginTurn() {
    const skus = new Set<string>();
    const stock = afterThisTurn().then(() => {
      turn = undefined;
      return readAll([...skus]);
    });
    return { skus, stock };
  }

  async function readAll(skus: readonly string[]): Promise<ReadonlyMap<string, number>> {
    const stock = new Map<string, number>();
    const pages = Array.from({ length: Math.ceil(skus.length / maxKeysPerCall) }, (_, page) =>
      skus.slice(page * maxKeysPerCall, (page + 1) * maxKeysPerCall),
    );
    await Promise.all(pages.map((page) => readPage(page, stock)));
    return stock;
  }

  async function readPage(skus: readonly string[], stock: Map<string, number>): Promise<void> {
    let keys = skus.map((sku) => toAttributes({ sku }));
    for (let call = 0; keys.length > 0; call++) {
      if (call === maxCalls) {
        throw new BackboneError(
          "DATABASE_UNAVAILABLE",
          `${keys.length} stock items stay unread after ${maxCalls} calls`,
        );
      }
      if (call > 0) await sleep(random() * firstWaitMs * 2 ** (call - 1));
      const { Responses, UnprocessedKeys } = await client.send(
        new BatchGetItemCommand({ RequestItems: { [table]: { Keys: keys, ConsistentRead: true } } }),
      );
      for (const { sku, remaining } of (Responses?.[table] ?? []).map(fromAttributes)) {
        stock.set(String(sku), Number(remaining));
      }
      keys = UnprocessedKeys?.[table]?.Keys ?? [];
    }
  }
}
