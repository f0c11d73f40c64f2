import { type CancellationReason as DynamoDbReason, TransactionCanceledException } from "@aws-sdk/client-dynamodb";
import { type DynamoDBDocumentClient, GetCommand, PutCommand, TransactWriteCommand } from "@aws-sdk/lib-dynamodb";
import * as v from "valibot";
import { parseOptions } from "../options/index.ts";
import { attemptsIdOf, claimIdOf, leaseIdOf } from "./item-ids.ts";
import type {
  Attempts,
  CancellationReason,
  Claim,
  ClaimKey,
  IdempotencyStore,
  Lease,
  RecordKey,
  TransactItem,
  TransactResult,
} from "./store.ts";

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
const codes: Readonly<Record<string, CancellationReason["code"]>> = {
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
          expiresAt: expiry(claim.claimedAt, claim.ttlSeconds),
        },
        // No look at expiresAt: DynamoDB deletes late, and a claim that is still there is still true.
        ConditionExpression: "attribute_not_exists(id)",
      },
    };
  }

  function unclaimedItem(key: ClaimKey): TransactItem {
    return {
      ConditionCheck: {
        TableName: table,
        Key: { id: claimIdOf(key) },
        ConditionExpression: "attribute_not_exists(id)",
      },
    };
  }

  function leaseItem({ owner, leasedUntil, now, ...key }: Lease): TransactItem {
    const until = leasedUntil.getTime();
    return {
      Put: {
        TableName: table,
        Item: { id: leaseIdOf(key), owner, leasedUntil: until, expiresAt: Math.ceil(until / 1000) },
        ConditionExpression: "attribute_not_exists(id) OR leasedUntil < :now",
        ExpressionAttributeValues: { ":now": now.getTime() },
      },
    };
  }

  function releaseItem({ owner, ...key }: ClaimKey & Pick<Lease, "owner">): TransactItem {
    return {
      Delete: {
        TableName: table,
        Key: { id: leaseIdOf(key) },
        ConditionExpression: "#owner = :owner",
        ExpressionAttributeNames: { "#owner": "owner" },
        ExpressionAttributeValues: { ":owner": owner },
      },
    };
  }

  async function isClaimed(key: ClaimKey, signal?: AbortSignal): Promise<boolean> {
    return (await read(claimIdOf(key), signal)) !== undefined;
  }

  async function attemptsOf(key: RecordKey, signal?: AbortSignal): Promise<number> {
    return Number((await read(attemptsIdOf(key), signal))?.attempts ?? 0);
  }

  async function writeAttempts(written: Attempts, signal?: AbortSignal): Promise<void> {
    const { attempts, countedAt, ttlSeconds } = written;
    const Item = { id: attemptsIdOf(written), attempts, expiresAt: expiry(countedAt, ttlSeconds) };
    await client.send(new PutCommand({ TableName: table, Item }), signal ? { abortSignal: signal } : {});
  }

  async function read(id: string, signal: AbortSignal | undefined): Promise<Record<string, unknown> | undefined> {
    const { Item } = await client.send(
      new GetCommand({ TableName: table, Key: { id }, ConsistentRead: true }),
      signal ? { abortSignal: signal } : {},
    );
    return Item;
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
      const known = await Promise.all(error.CancellationReasons.map(reasonOf));
      // A reason that nobody knows yet is no verdict on the record.
      if (!known.every((reason) => reason !== undefined)) throw error;
      return { status: "cancelled", reasons: known };
    }
  }

  return { claimItem, unclaimedItem, leaseItem, releaseItem, isClaimed, attemptsOf, writeAttempts, transact };
}

function expiry(from: Date, ttlSeconds: number): number {
  return Math.floor(from.getTime() / 1000) + ttlSeconds;
}

async function reasonOf({ Code = "None", Item }: DynamoDbReason): Promise<CancellationReason | undefined> {
  const code = codes[Code];
  if (code === undefined || Item === undefined) return code && { code };
  // Only a duplicate of a business key brings an item along: a cold start does without.
  const { unmarshall } = await import("@aws-sdk/util-dynamodb");
  return { code, existing: unmarshall(Item) };
}
