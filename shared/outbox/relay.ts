import { type DynamoDBClient, QueryCommand, ScanCommand } from "@aws-sdk/client-dynamodb";
import * as v from "valibot";
import { type Attributes, fromAttributes, toAttributes } from "../dynamodb/index.ts";
import { BackboneError } from "../errors.ts";
import type { Producer } from "../kafka/index.ts";
import { errorFields, type Logger } from "../logging/index.ts";
import { parseOptions } from "../options/index.ts";
import { createDeleteItems } from "./delete-items.ts";
import type { UnsentRecord } from "./item.ts";
import type { OutboxItemKey } from "./item-keys.ts";
import { readOutboxItem } from "./read-item.ts";

export interface OutboxRelayOptions {
  readonly client: Pick<DynamoDBClient, "send">;
  /** Table of the outbox: partition key `groupKey`, sort key `sourcePosition`, both strings. */
  readonly table: string;
  readonly producer: Pick<Producer, "send">;
  readonly logger: Logger;
  /** Keys worked side by side, 1 or more. @default 100 */
  readonly concurrency?: number;
  /** @default () => new Date() */
  readonly now?: () => Date;
}

/** What came of one key. */
export interface RelayedKey {
  readonly groupKey: string;
  /** Records that were acknowledged. */
  readonly sent: number;
  /**
   * What stopped it. Retriable: it may go on at any time. Not retriable: the key is held back until somebody has seen to
   * it, see `OutboxRelay`.
   */
  readonly error?: BackboneError;
}

export interface Sweep {
  readonly keys: readonly RelayedKey[];
  /** Age of the oldest item that was found, in milliseconds; 0 when none was. */
  readonly oldestAgeMs: number;
}

/**
 * Sends what is in the outbox to Kafka.
 *
 * A key's items are sent in their order, each record only after the one before it is acknowledged, and deleted after
 * the acknowledgement. So an event is in the log before a later one of its key is sent for the first time, whatever
 * fails, and however many relays work on the key at once. At least once: a relay that dies between acknowledgement and
 * deletion, or that meets another, leaves repetitions with the same event ids, which may stand after later events.
 *
 * A key stops at its first failure, and no other key with it. A record that Kafka refuses for good (RECORD_TOO_LARGE,
 * RECORD_REFUSED) and an item that cannot be read (MALFORMED_OUTBOX_ITEM) stay, are logged as errors each time, and hold
 * their key back: going past them would break the order, dropping them would lose them.
 */
export interface OutboxRelay {
  /** Sends what there is of these keys. No send begins after the deadline. It does not reject. */
  relayKeys(groupKeys: readonly string[], deadline: Date): Promise<readonly RelayedKey[]>;
  /**
   * Looks through the table for items older than `olderThanMs` and sends what there is of their keys, page by page until
   * the deadline.
   *
   * @throws BackboneError DATABASE_UNAVAILABLE
   */
  sweep(options: { readonly olderThanMs: number; readonly deadline: Date }): Promise<Sweep>;
}

const optionsSchema = v.strictObject({
  client: v.custom<OutboxRelayOptions["client"]>(has("send"), "must be a DynamoDBClient"),
  table: v.pipe(v.string(), v.nonEmpty("must name a table")),
  producer: v.custom<OutboxRelayOptions["producer"]>(has("send"), "must be a producer"),
  logger: v.custom<Logger>(has("error"), "must be a logger"),
  concurrency: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1)), 100),
  now: v.optional(v.custom<() => Date>((now) => typeof now === "function", "must be a function")),
});

/** An item as it is in the table. */
type Stored = Readonly<Record<string, unknown>>;

/** Items of a key that are read, sent and deleted together: as many as one call deletes. */
const pageSize = 25;

/** @throws BackboneError INVALID_OPTIONS */
export function createOutboxRelay(options: OutboxRelayOptions): OutboxRelay {
  const parsed = parseOptions("createOutboxRelay", optionsSchema, options);
  const { client, table, producer, logger, concurrency, now = () => new Date() } = parsed;
  const deleteItems = createDeleteItems({ client, table });

  async function relayKeys(groupKeys: readonly string[], deadline: Date): Promise<readonly RelayedKey[]> {
    const relayed: RelayedKey[] = [];
    const queue = new Set(groupKeys).values();
    const worker = async () => {
      for (const groupKey of queue) relayed.push(await relayKey(groupKey, deadline));
    };
    await Promise.all(Array.from({ length: concurrency }, worker));
    return relayed;
  }

  async function relayKey(groupKey: string, deadline: Date): Promise<RelayedKey> {
    let sent = 0;
    const onSent = () => void sent++;
    try {
      checkTime(deadline);
      for await (const items of pagesOf(groupKey)) await relayItems(items, deadline, onSent);
      return { groupKey, sent };
    } catch (thrown) {
      return { groupKey, sent, error: ofFamily(thrown) };
    }
  }

  function checkTime(deadline: Date): void {
    if (now() >= deadline) throw new BackboneError("DEADLINE_REACHED", "the relay is about to run out of time");
  }

  /** Consistent: the stream tells of an item when it is there, and an item that is gone was acknowledged. */
  async function* pagesOf(groupKey: string) {
    let ExclusiveStartKey: Attributes | undefined;
    do {
      const page = await client.send(
        new QueryCommand({
          TableName: table,
          KeyConditionExpression: "groupKey = :groupKey",
          ExpressionAttributeValues: toAttributes({ ":groupKey": groupKey }),
          ConsistentRead: true,
          Limit: pageSize,
          ExclusiveStartKey,
        }),
      );
      yield (page.Items ?? []).map(fromAttributes);
      ExclusiveStartKey = page.LastEvaluatedKey;
    } while (ExclusiveStartKey !== undefined);
  }

  async function relayItems(items: readonly Stored[], deadline: Date, onSent: () => void): Promise<void> {
    const acknowledged: OutboxItemKey[] = [];
    try {
      for (const stored of items) acknowledged.push(await sendItem(stored, deadline, onSent));
    } finally {
      await deleteItems(acknowledged);
    }
  }

  async function sendItem(stored: Stored, deadline: Date, onSent: () => void): Promise<OutboxItemKey> {
    let sending: UnsentRecord | undefined;
    try {
      const { records, groupKey, sourcePosition } = readOutboxItem(stored);
      for (sending of records) {
        checkTime(deadline);
        // One after the other: were a later one acknowledged without an earlier one, readers would take it first.
        await producer.send(sending.topic, sending.record);
        onSent();
      }
      return { groupKey, sourcePosition };
    } catch (thrown) {
      logFailure(stored, sending, ofFamily(thrown));
      throw thrown;
    }
  }

  function logFailure(stored: Stored, sending: UnsentRecord | undefined, error: BackboneError): void {
    const sourcePosition = String(stored.sourcePosition);
    const eventId = sending?.record.headers.find(([name]) => name === "ce_id")?.[1].toString("utf8");
    const fields = { sourcePosition, topic: sending?.topic, eventId, ...errorFields(error) };
    if (error.retriable) logger.warn("event of the outbox not acknowledged", fields);
    else logger.error("event of the outbox refused, its key is held back", fields);
  }

  async function sweep({ olderThanMs, deadline }: Parameters<OutboxRelay["sweep"]>[0]): Promise<Sweep> {
    const startedAt = now().getTime();
    const keys: RelayedKey[] = [];
    const seen = new Set<string>();
    let oldest = startedAt;
    let ExclusiveStartKey: Attributes | undefined;
    do {
      const page = await scan(startedAt - olderThanMs, ExclusiveStartKey);
      const found = (page.Items ?? []).map(fromAttributes).filter(({ groupKey }) => !seen.has(String(groupKey)));
      for (const { groupKey, writtenAt } of found) {
        seen.add(String(groupKey));
        oldest = Math.min(oldest, Number(writtenAt));
      }
      keys.push(
        ...(await relayKeys(
          found.map(({ groupKey }) => String(groupKey)),
          deadline,
        )),
      );
      ExclusiveStartKey = page.LastEvaluatedKey;
    } while (ExclusiveStartKey !== undefined && now() < deadline);
    return { keys, oldestAgeMs: startedAt - oldest };
  }

  async function scan(writtenBefore: number, ExclusiveStartKey: Attributes | undefined) {
    try {
      return await client.send(
        new ScanCommand({
          TableName: table,
          ProjectionExpression: "groupKey, writtenAt",
          FilterExpression: "writtenAt <= :writtenBefore",
          ExpressionAttributeValues: toAttributes({ ":writtenBefore": writtenBefore }),
          ExclusiveStartKey,
        }),
      );
    } catch (thrown) {
      throw ofFamily(thrown);
    }
  }

  return { relayKeys, sweep };
}

/** The producer's errors are of the family; everything else comes from the database's client. */
function ofFamily(thrown: unknown): BackboneError {
  if (thrown instanceof BackboneError) return thrown;
  const what = thrown instanceof Error ? thrown.name : typeof thrown;
  return new BackboneError("DATABASE_UNAVAILABLE", `the outbox's table did not answer: ${what}`, { cause: thrown });
}

function has(method: string) {
  return (value: unknown) => typeof value === "object" && value !== null && method in value;
}
