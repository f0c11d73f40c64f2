import { setTimeout as delay } from "node:timers/promises";
import {
  type _Record,
  DescribeStreamCommand,
  type DynamoDBStreamsClient,
  ExpiredIteratorException,
  GetRecordsCommand,
  GetShardIteratorCommand,
  type Shard,
  TrimmedDataAccessException,
} from "@aws-sdk/client-dynamodb-streams";

export interface ReadStreamOptions {
  readonly client: Pick<DynamoDBStreamsClient, "send">;
  /** ARN of the table's stream: another one, when the table has been made anew. */
  readonly streamArn: () => Promise<string>;
  readonly startingPosition: "TRIM_HORIZON" | "LATEST";
  readonly stopping: AbortSignal;
  /** Does what there is to do with the records of a shard; the next ones wait for it. */
  readonly handle: (records: readonly _Record[], streamArn: string) => Promise<void>;
  /** Told once of each time that the stream cannot be read. */
  readonly onAway: (error: unknown) => void;
}

/** How far a shard is read. */
interface Position {
  iterator?: string | undefined;
  after?: string | undefined;
  finished: boolean;
}

/** Lambda looks four times a second. */
const idlePauseMs = 250;

/**
 * Reads a table's stream, each shard in its order and after its parent, until it is stopped. A database that is away is
 * waited for: reading goes on where it was, or at the start of the new stream when the table has been made anew.
 */
export async function readStream(options: ReadStreamOptions): Promise<void> {
  const { client, streamArn, stopping } = options;
  const positions = new Map<string, Position>();
  let current: { readonly arn: string; readonly shards: readonly Shard[] } | undefined;
  let known: string | undefined;
  let failures = 0;

  while (!stopping.aborted) {
    let read = 0;
    try {
      current ??= await describe();
      const { arn, shards } = current;
      const counts = await Promise.all(readable(shards).map((id) => readShard(arn, id, options, positionOf(id))));
      read = counts.reduce((sum, { records }) => sum + records, 0);
      // A shard that ends has children.
      if (counts.some(({ finished }) => finished)) current = undefined;
      failures = 0;
    } catch (error) {
      failures += 1;
      // An iterator that is too old for once is replaced, and no news.
      const toldAt = isOfIterator(error) ? 2 : 1;
      if (failures === toldAt) options.onAway(error);
      current = undefined;
      for (const position of positions.values()) position.iterator = undefined;
    }
    if (read === 0) await delay(idlePauseMs, undefined, { signal: stopping }).catch(() => undefined);
  }

  async function describe() {
    const arn = await streamArn();
    if (arn !== known) positions.clear();
    known = arn;
    const shards: Shard[] = [];
    let last: string | undefined;
    do {
      const { StreamDescription } = await client.send(
        new DescribeStreamCommand({ StreamArn: arn, ExclusiveStartShardId: last }),
      );
      shards.push(...(StreamDescription?.Shards ?? []));
      last = StreamDescription?.LastEvaluatedShardId;
    } while (last !== undefined);
    return { arn, shards };
  }

  function positionOf(shardId: string): Position {
    const position = positions.get(shardId) ?? { finished: false };
    positions.set(shardId, position);
    return position;
  }

  /** Shards with something left to read whose parent has nothing left. */
  function readable(shards: readonly Shard[]): string[] {
    const unread = new Set(shards.map(({ ShardId = "" }) => ShardId).filter((id) => !positions.get(id)?.finished));
    return shards
      .filter(({ ShardId = "", ParentShardId = "" }) => unread.has(ShardId) && !unread.has(ParentShardId))
      .map(({ ShardId = "" }) => ShardId);
  }
}

/** DynamoDB Local says the second of an iterator that was made before the stream had a record. */
function isOfIterator(error: unknown): boolean {
  return error instanceof ExpiredIteratorException || error instanceof TrimmedDataAccessException;
}

/** Reads once, and gives how many records there were, and whether there will be no more. */
async function readShard(
  arn: string,
  ShardId: string,
  { client, startingPosition, handle }: ReadStreamOptions,
  position: Position,
): Promise<{ readonly records: number; readonly finished: boolean }> {
  position.iterator ??= (
    await client.send(
      new GetShardIteratorCommand({
        StreamArn: arn,
        ShardId,
        ...(position.after === undefined
          ? { ShardIteratorType: startingPosition }
          : { ShardIteratorType: "AFTER_SEQUENCE_NUMBER", SequenceNumber: position.after }),
      }),
    )
  ).ShardIterator;
  const { Records = [], NextShardIterator } = await client.send(
    new GetRecordsCommand({ ShardIterator: position.iterator }),
  );
  await handle(Records, arn);
  position.after = Records.at(-1)?.dynamodb?.SequenceNumber ?? position.after;
  position.iterator = NextShardIterator;
  position.finished = NextShardIterator === undefined;
  return { records: Records.length, finished: position.finished };
}
