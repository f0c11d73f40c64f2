import { BatchWriteItemCommand, type DynamoDBClient, QueryCommand, ScanCommand } from "@aws-sdk/client-dynamodb";
import { type Attributes, fromAttributes, toAttributes } from "../../../shared/dynamodb/index.ts";
import { type OutboxItemKey, outboxItemKey, outboxWrite, type UnsentRecord } from "../../../shared/outbox/index.ts";

type Stored = OutboxItemKey & { readonly writtenAt: number };

/** The outbox's table in memory, as far as the relay asks it. */
export class FakeTable {
  items: Stored[] = [];
  /** Names of the calls, and how many items each deleted. */
  readonly calls: string[] = [];
  /** While set, every call rejects with it. */
  failure: Error | undefined;
  /** How many deletions of the next calls are left unprocessed. */
  unprocessed = 0;
  /** While true, nothing is ever deleted. */
  keepsUnprocessed = false;
  /** Items of one answer, at most. */
  pageSize = Number.POSITIVE_INFINITY;

  /** Puts what a consumer of the topic `orders` publishes for its record of that key and offset. */
  put(key: string | null, offset: number, records: readonly UnsentRecord[], writtenAt = 0): OutboxItemKey {
    const source = {
      topic: "orders",
      partition: 0,
      offset,
      timestampMs: 0,
      key: key === null ? null : Buffer.from(key),
      value: null,
      headers: [],
    };
    const written = { table: "outbox", consumerGroup: "group", source, writtenAt: new Date(writtenAt), records };
    const write = outboxWrite(written);
    const item = { ...("item" in write ? write.item : {}), ...outboxItemKey("group", source), writtenAt };
    this.items.push(item);
    return item;
  }

  get client(): Pick<DynamoDBClient, "send"> {
    const send = async (command: object) => this.#answer(command);
    return { send: send as DynamoDBClient["send"] };
  }

  #answer(command: object): object {
    if (this.failure) throw this.failure;
    if (command instanceof QueryCommand) {
      const { ExpressionAttributeValues, Limit = 0, ExclusiveStartKey, ConsistentRead } = command.input;
      this.calls.push(ConsistentRead ? "consistent query" : "query");
      const of = this.#sorted().filter(({ groupKey }) => groupKey === ExpressionAttributeValues?.[":groupKey"]?.S);
      return this.#page(of, Math.min(Limit, this.pageSize), ExclusiveStartKey);
    }
    if (command instanceof ScanCommand) {
      const { ExpressionAttributeValues, ExclusiveStartKey } = command.input;
      this.calls.push("scan");
      const page = this.#page(this.#sorted(), this.pageSize, ExclusiveStartKey);
      const before = Number(ExpressionAttributeValues?.[":writtenBefore"]?.N);
      return { ...page, Items: page.Items.filter(({ writtenAt }) => Number(writtenAt?.N) <= before) };
    }
    if (!(command instanceof BatchWriteItemCommand)) throw new Error("no call that the relay makes");
    const requests = command.input.RequestItems?.outbox ?? [];
    this.calls.push(`delete ${requests.length}`);
    const done = this.keepsUnprocessed ? [] : requests.slice(0, requests.length - this.unprocessed);
    const UnprocessedItems = { outbox: requests.slice(done.length) };
    this.unprocessed = 0;
    const gone = new Set(done.map(({ DeleteRequest }) => idOf(keyOf(DeleteRequest?.Key))));
    this.items = this.items.filter((item) => !gone.has(idOf(item)));
    return { UnprocessedItems };
  }

  #sorted(): Stored[] {
    return this.items.toSorted((a, b) => (idOf(a) < idOf(b) ? -1 : 1));
  }

  #page(items: readonly Stored[], limit: number, start: Attributes | undefined) {
    const after = start ? items.filter((item) => idOf(item) > idOf(keyOf(start))) : items;
    const page = after.slice(0, limit);
    const Items = page.map((item) => toAttributes({ ...item }));
    const last = page.at(-1);
    if (last === undefined || page.length === after.length) return { Items };
    const { groupKey, sourcePosition } = last;
    return { Items, LastEvaluatedKey: toAttributes({ groupKey, sourcePosition }) };
  }
}

function keyOf(key: Attributes = {}): OutboxItemKey {
  const { groupKey, sourcePosition } = fromAttributes(key);
  return { groupKey: String(groupKey), sourcePosition: String(sourcePosition) };
}

function idOf({ groupKey, sourcePosition }: OutboxItemKey): string {
  return `${groupKey} ${sourcePosition}`;
}

/** A record to `topic` whose value is the text. */
export function unsent(text: string, topic = "events"): UnsentRecord {
  return {
    topic,
    record: { key: Buffer.from("k"), value: Buffer.from(text), headers: [["ce_id", Buffer.from(text)]] },
  };
}
