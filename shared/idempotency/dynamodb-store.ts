import { TransactionCanceledException } from "@aws-sdk/client-dynamodb";
import { type DynamoDBDocumentClient, GetCommand, TransactWriteCommand } from "@aws-sdk/lib-dynamodb";
import * as v from "valibot";
import { parseOptions } from "../options/index.ts";
import { claimIdOf } from "./claim-id.ts";
import type { CancellationReason, Claim, ClaimKey, IdempotencyStore, TransactItem, TransactResult } from "./store.ts";

export interface DynamoDbStoreOptions {
  /** Its retries and request timeout must fit the function's deadline: see `createDocumentClient`. */
  readonly client: DynamoDBDocumentClient;
  /** Table of the claims: partition key `id` (string), time-to-live attribute `expiresAt` (epoch seconds). */
  readonly table: string;
}

const optionsSchema = v.strictObject({
  client: v.custom<DynamoDBDocumentClient>(
    (client) => typeof client === "object" && client !== null && "send" in client,
    "must be a DynamoDBDocumentClient",
  ),
  table: v.pipe(v.string(), v.nonEmpty("must name a table")),
});

/** https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html, cancellation reasons */
const reasons: Readonly<Record<string, CancellationReason>> = {
  None: "none",
  ConditionalCheckFailed: "conditionFailed",
  TransactionConflict: "conflict",
  ProvisionedThroughputExceeded: "throttled",
  ThrottlingError: "throttled",
  ItemCollectionSizeLimitExceeded: "invalid",
  ValidationError: "invalid",
};

/**
 * The idempotency store on DynamoDB.
 *
 * Exactly-once effects within the claim's time to live: claim and effects are one TransactWriteItems call.
 *
 * @throws BackboneError INVALID_OPTIONS
 */
export function createDynamoDbStore(options: DynamoDbStoreOptions): IdempotencyStore {
  const { client, table } = parseOptions("createDynamoDbStore", optionsSchema, options);

  function claimItem(claim: Claim): TransactItem {
    return {
      Put: {
        TableName: table,
        Item: {
          id: claimIdOf(claim),
          eventType: claim.eventType,
          claimedAt: claim.claimedAt.toISOString(),
          expiresAt: Math.floor(claim.claimedAt.getTime() / 1000) + claim.ttlSeconds,
        },
        // No look at expiresAt: DynamoDB deletes late, and a claim that is still there is still true.
        ConditionExpression: "attribute_not_exists(id)",
      },
    };
  }

  async function isClaimed(key: ClaimKey, signal?: AbortSignal): Promise<boolean> {
    const { Item } = await client.send(
      new GetCommand({
        TableName: table,
        Key: { id: claimIdOf(key) },
        ConsistentRead: true,
        ProjectionExpression: "id",
      }),
      signal ? { abortSignal: signal } : {},
    );
    return Item !== undefined;
  }

  async function transact(
    items: readonly TransactItem[],
    clientRequestToken: string,
    signal?: AbortSignal,
  ): Promise<TransactResult> {
    try {
      await client.send(
        new TransactWriteCommand({ TransactItems: [...items], ClientRequestToken: clientRequestToken }),
        signal ? { abortSignal: signal } : {},
      );
      return { status: "committed" };
    } catch (error) {
      // Without one reason an action nobody knows whose fault it was: no answer, then.
      if (!(error instanceof TransactionCanceledException) || error.CancellationReasons?.length !== items.length) {
        throw error;
      }
      const known = error.CancellationReasons.map(({ Code = "None" }) => reasons[Code]);
      // A reason that nobody knows yet is no verdict on the record.
      if (!known.every((reason) => reason !== undefined)) throw error;
      return { status: "cancelled", reasons: known };
    }
  }

  return { claimItem, isClaimed, transact };
}
