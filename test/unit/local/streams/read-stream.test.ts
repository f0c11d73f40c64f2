import {
  DescribeStreamCommand,
  type DynamoDBStreamsClient,
  GetRecordsCommand,
  GetShardIteratorCommand,
} from "@aws-sdk/client-dynamodb-streams";
import { expect, test } from "vitest";
import { readStream } from "../../../../local/streams/read-stream.ts";

interface FakeShard {
  readonly id: string;
  readonly parent?: string;
  readonly records: readonly string[];
  readonly open?: boolean;
}

/** A stream that gives one record a call. */
function fakeStream(shards: readonly FakeShard[]) {
  const positions: string[] = [];
  const state = { failures: 0 };
  const send = async (command: object) => {
    if (command instanceof DescribeStreamCommand) {
      return {
        StreamDescription: { Shards: shards.map(({ id, parent }) => ({ ShardId: id, ParentShardId: parent })) },
      };
    }
    if (command instanceof GetShardIteratorCommand) {
      const { ShardId = "", ShardIteratorType = "", SequenceNumber } = command.input;
      positions.push([ShardId, ShardIteratorType, SequenceNumber].filter(Boolean).join(" "));
      const records = shards.find(({ id }) => id === ShardId)?.records ?? [];
      return { ShardIterator: `${ShardId} ${SequenceNumber === undefined ? 0 : records.indexOf(SequenceNumber) + 1}` };
    }
    if (!(command instanceof GetRecordsCommand)) throw new Error("no call that the reader makes");
    if (state.failures > 0) {
      state.failures--;
      throw new Error("away");
    }
    const [id = "", at = ""] = command.input.ShardIterator?.split(" ") ?? [];
    const shard = shards.find((one) => one.id === id);
    const record = shard?.records[Number(at)];
    const ends = !shard?.open && Number(at) + 1 >= (shard?.records.length ?? 0);
    return {
      Records: record === undefined ? [] : [{ dynamodb: { SequenceNumber: record } }],
      NextShardIterator: ends ? undefined : `${id} ${Number(at) + (record === undefined ? 0 : 1)}`,
    };
  };
  return { client: { send: send as DynamoDBStreamsClient["send"] }, positions, state };
}

/** Reads until so many records were handled. */
async function read(
  client: Pick<DynamoDBStreamsClient, "send">,
  count: number,
  onRecord: (record: string) => void = () => {},
) {
  const stopping = new AbortController();
  const handled: string[] = [];
  let timesAway = 0;
  await readStream({
    client,
    streamArn: async () => "arn:stream",
    startingPosition: "TRIM_HORIZON",
    stopping: stopping.signal,
    handle: async (records) => {
      for (const { dynamodb } of records) {
        const record = dynamodb?.SequenceNumber ?? "";
        onRecord(record);
        handled.push(record);
      }
      if (handled.length === count) stopping.abort();
    },
    onAway: () => timesAway++,
  });
  return { handled, timesAway };
}

test("a shard is read after its parent, in its order", async () => {
  const { client } = fakeStream([
    { id: "child", parent: "parent", records: ["3", "4"], open: true },
    { id: "parent", parent: "trimmed", records: ["1", "2"] },
  ]);

  expect(await read(client, 4)).toEqual({ handled: ["1", "2", "3", "4"], timesAway: 0 });
});

test("a stream that was away is read on from where it was", async () => {
  const { client, state, positions } = fakeStream([{ id: "shard", records: ["1", "2"], open: true }]);

  const { handled, timesAway } = await read(client, 2, (record) => {
    if (record === "1") state.failures = 2;
  });

  expect(handled).toEqual(["1", "2"]);
  expect(timesAway).toBe(1);
  expect(positions.at(0)).toBe("shard TRIM_HORIZON");
  expect(positions.at(-1)).toBe("shard AFTER_SEQUENCE_NUMBER 1");
});

test("records that could not be handled are handled again", async () => {
  const { client } = fakeStream([{ id: "shard", records: ["1", "2"], open: true }]);
  let failures = 1;

  const { handled } = await read(client, 2, () => {
    if (failures-- > 0) throw new Error("the handler failed");
  });

  expect(handled).toEqual(["1", "2"]);
});
