import {
  type DynamoDBClient,
  type CancellationReason as DynamoDbReason,
  GetItemCommand,
  PutItemCommand,
  TransactionCanceledException,
  type TransactWriteItem,
  TransactWriteItemsCommand,
} from "@aws-sdk/client-dynamodb";
import * as v from "valibot";
import { fromAttributes, toAttributes } from "../dynamodb/index.ts";
import { parseOptions } from "../options/index.ts";
import { attemptsIdOf, claimIdOf, leaseIdOf } from "./item-ids.ts";
import type {
  CancellationReason,
  Claim,
  ClaimKey,
  ExpressionValues,
  Failures,
  IdempotencyStore,
  Lease,
  RecordFailures,
  RecordKey,
  TransactItem,
  TransactResult,
} from "./store.ts";

export interface DynamoDbStoreOptions {
  /** Its retries and request timeout must fit the function's deadline: see `createDynamoDbClient`. */
  readonly client: Pick<DynamoDBClient, "send">;
  /** Table of the claims: partition key `id` (string), time-to-live attribute `expiresAt` (epoch seconds). */
  readonly table: string;
}

const optionsSchema = v.strictObject({
  client: v.custom<Pick<DynamoDBClient, "send">>(
    (client) => typeof client === "object" && client !== null && "send" in client,
    "must be a DynamoDBClient",
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

  async function failuresOf(key: RecordKey, signal?: AbortSignal): Promise<Failures> {
    const { attempts = 0, deadLettered } = (await read(attemptsIdOf(key), signal)) ?? {};
    return { attempts: Number(attempts), ...(deadLettered !== undefined && { deadLettered: String(deadLettered) }) };
  }

  async function writeFailures(written: RecordFailures, signal?: AbortSignal): Promise<void> {
    const { attempts, deadLettered, notedAt, ttlSeconds } = written;
    const expiresAt = expiry(notedAt, ttlSeconds);
    const Item = toAttributes({ id: attemptsIdOf(written), attempts, deadLettered, expiresAt });
    await client.send(new PutItemCommand({ TableName: table, Item }), signal ? { abortSignal: signal } : {});
  }

  async function read(id: string, signal: AbortSignal | undefined): Promise<Record<string, unknown> | undefined> {
    const { Item } = await client.send(
      new GetItemCommand({ TableName: table, Key: toAttributes({ id }), ConsistentRead: true }),
      signal ? { abortSignal: signal } : {},
    );
    return Item && fromAttributes(Item);
  }

  async function transact(
    items: readonly TransactItem[],
    clientRequestToken: string,
    signal?: AbortSignal,
  ): Promise<TransactResult> {
    try {
      await client.send(
        new TransactWriteItemsCommand({ TransactItems: items.map(asSent), ClientRequestToken: clientRequestToken }),
        signal ? { abortSignal: signal } : {},
      );
      return { status: "committed" };
    } catch (error) {
      // Without one reason an action nobody knows whose fault it was: no answer, then.
      if (!(error instanceof TransactionCanceledException) || error.CancellationReasons?.length !== items.length) {
        throw error;
      }
      const known = error.CancellationReasons.map(reasonOf);
      // A reason that nobody knows yet is no verdict on the record.
      if (!known.every((reason) => reason !== undefined)) throw error;
      return { status: "cancelled", reasons: known };
    }
  }

  return { claimItem, unclaimedItem, leaseItem, releaseItem, isClaimed, failuresOf, writeFailures, transact };
}

function expiry(from: Date, ttlSeconds: number): number {
  return Math.floor(from.getTime() / 1000) + ttlSeconds;
}

/** The action with its plain values as DynamoDB's. */
function asSent({ Put, Update, Delete, ConditionCheck }: TransactItem): TransactWriteItem {
  return {
    ...(Put && { Put: { ...withValues(Put), Item: toAttributes(Put.Item) } }),
    ...(Update && { Update: { ...withValues(Update), Key: toAttributes(Update.Key) } }),
    ...(Delete && { Delete: { ...withValues(Delete), Key: toAttributes(Delete.Key) } }),
    ...(ConditionCheck && { ConditionCheck: { ...withValues(ConditionCheck), Key: toAttributes(ConditionCheck.Key) } }),
  };
}

function withValues<Action extends ExpressionValues>({ ExpressionAttributeValues: values, ...action }: Action) {
  return { ...action, ...(values && { ExpressionAttributeValues: toAttributes(values) }) };
}

function reasonOf({ Code = "None", Item }: DynamoDbReason): CancellationReason | undefined {
  const code = codes[Code];
  return code && { code, ...(Item && { existing: fromAttributes(Item) }) };
}
