import { setTimeout as sleep } from "node:timers/promises";
import { ConditionalCheckFailedException, TransactionCanceledException } from "@aws-sdk/client-dynamodb";
import {
  type DynamoDBDocumentClient,
  PutCommand,
  TransactWriteCommand,
  type TransactWriteCommandInput,
  UpdateCommand,
} from "@aws-sdk/lib-dynamodb";
import type { Effects, Increment, Write } from "../../../shared/processing/index.ts";

/** As often as our engine decides again, and with the same waits. */
const maxAttempts = 11;
const firstWaitMs = 50;
const longestWaitMs = 5_000;

type Action = NonNullable<TransactWriteCommandInput["TransactItems"]>[number];

/**
 * Carries out what a decision returned, as somebody would who has no engine: one effect as a write of its own, which is
 * half the price, several as a transaction; decided again when the state has moved or another transaction was at it.
 */
export async function decideAndWrite(
  documents: DynamoDBDocumentClient,
  decide: () => Promise<Effects> | Effects,
): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const { writes = [], increments = [] } = await decide();
    try {
      await write(documents, [...writes.map(putOf), ...increments.map(additionOf)]);
      return;
    } catch (error) {
      const refused = error instanceof ConditionalCheckFailedException || error instanceof TransactionCanceledException;
      if (!refused || attempt === maxAttempts) throw error;
      await sleep(Math.random() * Math.min(longestWaitMs, firstWaitMs * 2 ** (attempt - 1)));
    }
  }
}

async function write(documents: DynamoDBDocumentClient, actions: readonly Action[]): Promise<void> {
  const [only] = actions;
  if (actions.length > 1) await documents.send(new TransactWriteCommand({ TransactItems: [...actions] }));
  else if (only?.Put) await documents.send(new PutCommand(only.Put));
  else if (only?.Update) await documents.send(new UpdateCommand(only.Update));
}

function putOf(effect: Write): Action {
  if (effect.action !== "put") throw new Error(`the bench has no ${effect.action}`);
  const { table, key, item, condition } = effect;
  return { Put: { TableName: table, Item: { ...item, ...key }, ConditionExpression: condition } };
}

function additionOf({ table, key, attribute, by, atLeast }: Increment): Action {
  return {
    Update: {
      TableName: table,
      Key: { ...key },
      UpdateExpression: "ADD #attribute :by",
      ExpressionAttributeNames: { "#attribute": attribute },
      ExpressionAttributeValues: { ":by": by, ...(atLeast !== undefined && { ":needed": atLeast - by }) },
      ...(atLeast !== undefined && { ConditionExpression: "#attribute >= :needed" }),
    },
  };
}
