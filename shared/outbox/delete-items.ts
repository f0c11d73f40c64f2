import { setImmediate as afterThisTurn, setTimeout as sleep } from "node:timers/promises";
import { BatchWriteItemCommand, type DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { toAttributes } from "../dynamodb/index.ts";
import { BackboneError } from "../errors.ts";
import type { OutboxItemKey } from "./item-keys.ts";

/** https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html */
const maxItemsPerCall = 25;
/** Calls for one page of items: with waits of at most 50, 100, 200 and 400 ms between them. */
const maxCalls = 5;
const firstWaitMs = 50;

export interface DeleteItemsOptions {
  readonly client: Pick<DynamoDBClient, "send">;
  readonly table: string;
  /** Numbers in [0, 1) for the jitter. @default Math.random */
  readonly random?: () => number;
}

/**
 * Deletes items of the outbox. What is to go in one turn of the event loop goes together: records of many keys are
 * acknowledged together.
 *
 * It rejects with DATABASE_UNAVAILABLE when items stay undeleted, and with the AWS SDK's errors; some items may be gone.
 */
export function createDeleteItems({ client, table, random = Math.random }: DeleteItemsOptions) {
  let turn: { readonly keys: Map<string, OutboxItemKey>; readonly done: Promise<void> } | undefined;

  return async function deleteItems(keys: readonly OutboxItemKey[]): Promise<void> {
    if (keys.length === 0) return;
    turn ??= beginTurn();
    // Each once: DynamoDB refuses a call that names an item twice.
    for (const key of keys) turn.keys.set(JSON.stringify([key.groupKey, key.sourcePosition]), key);
    await turn.done;
  };

  function beginTurn() {
    const keys = new Map<string, OutboxItemKey>();
    const done = afterThisTurn().then(() => {
      turn = undefined;
      return deleteAll([...keys.values()]);
    });
    return { keys, done };
  }

  async function deleteAll(keys: readonly OutboxItemKey[]): Promise<void> {
    const pages = Array.from({ length: Math.ceil(keys.length / maxItemsPerCall) }, (_, page) =>
      keys.slice(page * maxItemsPerCall, (page + 1) * maxItemsPerCall),
    );
    await Promise.all(pages.map(deletePage));
  }

  async function deletePage(keys: readonly OutboxItemKey[]): Promise<void> {
    let requests = keys.map(({ groupKey, sourcePosition }) => ({
      DeleteRequest: { Key: toAttributes({ groupKey, sourcePosition }) },
    }));
    for (let call = 0; requests.length > 0; call++) {
      if (call === maxCalls) {
        const message = `${requests.length} items of the outbox stay undeleted after ${maxCalls} calls`;
        throw new BackboneError("DATABASE_UNAVAILABLE", message);
      }
      if (call > 0) await sleep(random() * firstWaitMs * 2 ** (call - 1));
      const { UnprocessedItems } = await client.send(
        new BatchWriteItemCommand({ RequestItems: { [table]: requests } }),
      );
      requests = (UnprocessedItems?.[table] ?? []).flatMap(({ DeleteRequest }) =>
        DeleteRequest?.Key ? [{ DeleteRequest: { Key: DeleteRequest.Key } }] : [],
      );
    }
  }
}
